// Package pods reads the pod of any kind that has one, with Kubernetes' own types.
package pods

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"
)

// Pod is a pod, or the template of one.
type Pod struct {
	Meta *metav1.ObjectMeta
	Spec *corev1.PodSpec
}

// Decode reads the object as its kind's current type. Removed API versions carried the same pod
// template.
func Decode(line []byte) (*Pod, error) {
	var head metav1.TypeMeta
	if err := kjson.UnmarshalCaseSensitivePreserveInts(line, &head); err != nil {
		return nil, err
	}
	into := func(object any) error { return kjson.UnmarshalCaseSensitivePreserveInts(line, object) }
	template := func(t *corev1.PodTemplateSpec, err error) (*Pod, error) {
		if err != nil || t == nil {
			return nil, err
		}
		return &Pod{&t.ObjectMeta, &t.Spec}, nil
	}
	switch head.Kind {
	case "Pod":
		var o corev1.Pod
		err := into(&o)
		return &Pod{&o.ObjectMeta, &o.Spec}, err
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

// ApplyDefaults does what the API server does before Pod Security sees a pod, where that changes a
// verdict: a volume without a source becomes an emptyDir.
func ApplyDefaults(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}
