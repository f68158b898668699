{{- define "kaudit.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" (.Release.Name | trunc 43 | trimSuffix "-") .Chart.Name -}}
{{- end -}}
{{- end -}}

{{- define "kaudit.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: webhook
{{- end -}}

{{- /* Of everything but the webhook itself. */ -}}
{{- define "kaudit.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- /* image: the dictionary; default: its tag where it names none. */ -}}
{{- define "kaudit.image" -}}
{{ .image.repository }}:{{ .image.tag | default .default }}{{ with .image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{- /* PodSecurity `restricted`, and more: no token, no root group. */ -}}
{{- define "kaudit.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "kaudit.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{- define "kaudit.policyConfigMap" -}}
{{ .Values.policyConfigMap | default (printf "%s-policy" (include "kaudit.fullname" .)) }}
{{- end -}}

{{- define "kaudit.tlsSecret" -}}
{{- if eq .Values.certificates.mode "existing" -}}
{{ .Values.certificates.existing.secretName }}
{{- else -}}
{{ include "kaudit.fullname" . }}-tls
{{- end -}}
{{- end -}}

{{- define "kaudit.serviceName" -}}
{{ include "kaudit.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end -}}

{{- /* The webhook's series in Prometheus. */ -}}
{{- define "kaudit.series" -}}
{{- if .Values.prometheusRule.selector -}}
{{ .Values.prometheusRule.selector }}
{{- else -}}
namespace="{{ .Release.Namespace }}",service="{{ include "kaudit.fullname" . }}"
{{- end -}}
{{- end -}}

{{- /* The labels of namespaces that decide whether and how they are judged, one a line. */ -}}
{{- define "kaudit.guardedLabels" -}}
{{- $keys := list -}}
{{- if .Values.webhook.profiles }}{{ $keys = append $keys "kaudit.dev/profile" }}{{ end -}}
{{- range .Values.webhook.namespaceSelector -}}
{{- /* The API server sets this one itself and lets nobody change it. */ -}}
{{- if ne .key "kubernetes.io/metadata.name" }}{{ $keys = append $keys .key }}{{ end -}}
{{- end -}}
{{- join "\n" ($keys | uniq) -}}
{{- end -}}

{{- /* What values.schema.json cannot say. */ -}}
{{- define "kaudit.check" -}}
{{- with .Values.certificates -}}
{{- if $.Values.webhook.url -}}
{{- if ne .mode "existing" }}{{ fail "webhook.url needs certificates.mode=existing: the chart makes no certificate for a process that it does not run" }}{{ end -}}
{{- if .existing.secretName }}{{ fail "webhook.url and certificates.existing.secretName exclude each other: nothing in the cluster would use the Secret" }}{{ end -}}
{{- else if and (eq .mode "existing") (not .existing.secretName) -}}
{{- fail "certificates.mode=existing needs certificates.existing.secretName" -}}
{{- end -}}
{{- if and (eq .mode "existing") (not (contains "-----BEGIN CERTIFICATE-----" .existing.caBundle)) -}}
{{- fail "certificates.mode=existing needs certificates.existing.caBundle, PEM" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.webhook.url .Values.prometheusRule.enabled (not .Values.prometheusRule.selector) -}}
{{- fail "webhook.url and prometheusRule.enabled need prometheusRule.selector: only you know the labels of what runs elsewhere" -}}
{{- end -}}
{{- if and .Values.policy .Values.policyConfigMap -}}
{{- fail "policy and policyConfigMap exclude each other" -}}
{{- end -}}
{{- if and .Values.guard.enabled (include "kaudit.guardedLabels" .) (semverCompare "<1.30-0" .Capabilities.KubeVersion.Version) -}}
{{- fail "guard.enabled needs Kubernetes 1.30; with guard.enabled=false whoever may edit a namespace chooses its profile, unless webhook.profiles=false" -}}
{{- end -}}
{{- end -}}
