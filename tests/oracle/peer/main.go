// Command peer is an admission webhook as most are written: Go's net/http over TLS, Kubernetes'
// types, and Kubernetes' own Pod Security checks. The load tests measure kaudit-webhook beside it.
//
//	peer CERTIFICATE KEY
//
// It listens on a free port of 127.0.0.1, which it prints, and judges by the baseline level.
package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"kaudit/tests/oracle/pods"
)

// As large as kaudit-webhook takes.
const largestBody = 8 << 20

type webhook struct {
	evaluator policy.Evaluator
}

func (w *webhook) review(body []byte) (*admissionv1.AdmissionReview, error) {
	var review admissionv1.AdmissionReview
	if err := json.Unmarshal(body, &review); err != nil {
		return nil, err
	}
	if review.Request == nil {
		return nil, fmt.Errorf("no request")
	}
	response := &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: true}
	p, err := pods.Decode(review.Request.Object.Raw)
	if err != nil {
		return nil, err
	}
	if p != nil {
		level := api.LevelVersion{Level: api.LevelBaseline, Version: api.LatestVersion()}
		result := policy.AggregateCheckResults(w.evaluator.EvaluatePod(level, p.Meta, p.Spec))
		if !result.Allowed {
			response.Allowed = false
			response.Result = &metav1.Status{
				Status: metav1.StatusFailure, Code: http.StatusForbidden,
				Reason: metav1.StatusReasonForbidden, Message: result.ForbiddenDetail(),
			}
		}
	}
	return &admissionv1.AdmissionReview{TypeMeta: review.TypeMeta, Response: response}, nil
}

func (w *webhook) ServeHTTP(out http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(out, request.Body, largestBody))
	if err != nil {
		http.Error(out, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	answer, err := w.review(body)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	out.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(out).Encode(answer)
}

func run() error {
	if len(os.Args) != 3 {
		return fmt.Errorf("usage: peer CERTIFICATE KEY")
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{
		Handler: &webhook{evaluator},
		// The API server speaks HTTP/1.1 to a webhook that is a Service.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		TLSConfig:    &tls.Config{MinVersion: tls.VersionTLS13},
	}
	return server.ServeTLS(listener, os.Args[1], os.Args[2])
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(2)
	}
}
