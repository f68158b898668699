{{- /*
Certificates of the chart's own, once for each rendering, in .Values.certificates.made:
  tls.crt, tls.key       what the webhook serves with
  signer.crt             the authority that signed it; its key is not kept
  next.crt, next.key     the authority that will sign the next one
  ca.crt                 what the API server trusts: the signer, the next, and after a rotation the
                         previous one

The API server trusts the next authority before anything is signed by it, and the previous one until
the next rotation. So it does not matter in which order it and the replicas see a rotation, nor
whether the upgrade that brings it ends half-way.
*/ -}}
{{- define "kaudit.makeCertificates" -}}
{{- if not (hasKey .Values.certificates "made") -}}
{{- $fullname := include "kaudit.fullname" . -}}
{{- $wanted := .Values.certificates.selfSigned.generation | toString -}}
{{- $days := int .Values.certificates.selfSigned.validityDays -}}
{{- $names := list (include "kaudit.serviceName" .) (printf "%s.%s" $fullname .Release.Namespace) -}}
{{- $made := dict -}}
{{- $tls := lookup "v1" "Secret" .Release.Namespace (printf "%s-tls" $fullname) | default dict -}}
{{- $next := lookup "v1" "Secret" .Release.Namespace (printf "%s-next-ca" $fullname) | default dict -}}
{{- range $key, $value := merge dict ($tls.data | default dict) -}}
{{- $_ := set $made $key ($value | b64dec) -}}
{{- end -}}
{{- range $key, $value := merge dict ($next.data | default dict) -}}
{{- $_ := set $made $key ($value | b64dec) -}}
{{- end -}}
{{- $complete := true -}}
{{- range list "tls.crt" "tls.key" "signer.crt" "ca.crt" "next.crt" "next.key" -}}
{{- if not (get $made .) }}{{ $complete = false }}{{ end -}}
{{- end -}}
{{- $stored := dig "metadata" "annotations" "chart.kaudit.dev/generation" "" $tls -}}
{{- if not (and $complete (eq $stored $wanted)) -}}
{{- $previous := "" -}}
{{- $signer := dict -}}
{{- if $complete -}}
{{- $previous = get $made "signer.crt" -}}
{{- $signer = buildCustomCert (get $made "next.crt" | b64enc) (get $made "next.key" | b64enc) -}}
{{- else -}}
{{- $signer = genCA (printf "%s-ca-%s" $fullname (randAlphaNum 8 | lower)) (mul 2 $days | int) -}}
{{- end -}}
{{- $leaf := genSignedCert (first $names) nil $names $days $signer -}}
{{- $following := genCA (printf "%s-ca-%s" $fullname (randAlphaNum 8 | lower)) (mul 2 $days | int) -}}
{{- $made = dict "tls.crt" $leaf.Cert "tls.key" $leaf.Key "signer.crt" $signer.Cert
      "next.crt" $following.Cert "next.key" $following.Key
      "ca.crt" (printf "%s%s%s" $signer.Cert $following.Cert $previous) -}}
{{- end -}}
{{- $_ := set .Values.certificates "made" $made -}}
{{- end -}}
{{- end -}}
