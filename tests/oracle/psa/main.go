// Command psa prints Kubernetes' own Pod Security verdicts, for tests/conformance to compare ours
// with. Each line of standard input is one object as JSON; each line of standard output answers it:
// two words, baseline and restricted, with one letter for every minor version from 1.0 on, `+`
// where the pod is allowed and `-` where it is not; `none` for an object without a pod spec;
// `error` where Kubernetes' types do not take it.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type pod struct {
	meta *metav1.ObjectMeta
	spec *corev1.PodSpec
}

// decode reads the object as its kind's current type. Removed API versions carried the same pod
// template.
func decode(line []byte) (*pod, error) {
	var head metav1.TypeMeta
	if err := kjson.UnmarshalCaseSensitivePreserveInts(line, &head); err != nil {
		return nil, err
	}
	into := func(object any) error { return kjson.UnmarshalCaseSensitivePreserveInts(line, object) }
	template := func(t *corev1.PodTemplateSpec, err error) (*pod, error) {
		if err != nil || t == nil {
			return nil, err
		}
		return &pod{&t.ObjectMeta, &t.Spec}, nil
	}
	switch head.Kind {
	case "Pod":
		var o corev1.Pod
		err := into(&o)
		return &pod{&o.ObjectMeta, &o.Spec}, err
	case "PodTemplate":
		var o corev1.PodTemplate
		return template(&o.Template, into(&o))
	case "ReplicationController":
		var o corev1.ReplicationController
		err := into(&o)
		return template(o.Spec.Template, err)
	case "ReplicaSet":
		var o appsv1.ReplicaSet
		return template(&o.Spec.Template, into(&o))
	case "Deployment":
		var o appsv1.Deployment
		return template(&o.Spec.Template, into(&o))
	case "StatefulSet":
		var o appsv1.StatefulSet
		return template(&o.Spec.Template, into(&o))
	case "DaemonSet":
		var o appsv1.DaemonSet
		return template(&o.Spec.Template, into(&o))
	case "Job":
		var o batchv1.Job
		return template(&o.Spec.Template, into(&o))
	case "CronJob":
		var o batchv1.CronJob
		return template(&o.Spec.JobTemplate.Spec.Template, into(&o))
	}
	return nil, nil
}

// applyDefaults does what the API server does before Pod Security sees a pod, where that changes a
// verdict: a volume without a source becomes an emptyDir.
func applyDefaults(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}

func verdicts(evaluator policy.Evaluator, level api.Level, newest int, p *pod) string {
	var out strings.Builder
	for minor := 0; minor <= newest; minor++ {
		at := api.LevelVersion{Level: level, Version: api.MajorMinorVersion(1, minor)}
		if policy.AggregateCheckResults(evaluator.EvaluatePod(at, p.meta, p.spec)).Allowed {
			out.WriteByte('+')
		} else {
			out.WriteByte('-')
		}
	}
	return out.String()
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: psa NEWEST_MINOR < objects.jsonl")
	}
	newest, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, readErr := in.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			switch p, err := decode(line); {
			case err != nil:
				fmt.Fprintln(out, "error")
			case p == nil || reflect.ValueOf(*p.spec).IsZero():
				fmt.Fprintln(out, "none")
			default:
				applyDefaults(p.spec)
				fmt.Fprintln(out, verdicts(evaluator, api.LevelBaseline, newest, p),
					verdicts(evaluator, api.LevelRestricted, newest, p))
			}
		}
		if readErr != nil {
			return nil
		}
	}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "psa:", err)
		os.Exit(2)
	}
}
