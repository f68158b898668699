// Command responses holds a webhook's answers against the API server's own checks of them: it does
// with each what the API server does between reading an answer and answering its own client.
//
//	responses -at-least 10000 < cases
//
// A case is a line of JSON: the review that was sent and the answer to it, each as a text.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	admissionv1beta1 "k8s.io/api/admission/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apiserver/pkg/admission"
	webhookerrors "k8s.io/apiserver/pkg/admission/plugin/webhook/errors"
	webhookrequest "k8s.io/apiserver/pkg/admission/plugin/webhook/request"
	"k8s.io/apiserver/pkg/endpoints/filters"
	"k8s.io/apiserver/pkg/warning"
	sigsjson "sigs.k8s.io/json"
)

const webhookName = "pods.kaudit.dev"

// sent is what is read of a review.
type sent struct {
	APIVersion string `json:"apiVersion"`
	Request    struct {
		UID types.UID `json:"uid"`
	} `json:"request"`
}

type totals struct {
	cases, allowed, denied, warnings, annotations int
}

// decoder is the one of the API server's webhook client.
func decoder() runtime.Decoder {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admissionv1beta1.AddToScheme, admissionv1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return serializer.NewCodecFactory(scheme).LegacyCodec(
		admissionv1beta1.SchemeGroupVersion, admissionv1.SchemeGroupVersion)
}

// shown is what a client is shown of the warnings.
func shown(warnings []string) ([]string, error) {
	recorder := httptest.NewRecorder()
	handler := filters.WithWarningRecorder(http.HandlerFunc(
		func(_ http.ResponseWriter, request *http.Request) {
			for _, text := range warnings {
				warning.AddWarning(request.Context(), "", text)
			}
		}))
	handler.ServeHTTP(recorder, httptest.NewRequestWithContext(
		context.Background(), http.MethodPost, "/", nil))
	headers, errs := utilnet.ParseWarningHeaders(recorder.Header()["Warning"])
	texts := make([]string, 0, len(headers))
	for _, header := range headers {
		texts = append(texts, header.Text)
	}
	return texts, errors.Join(errs...)
}

func (t *totals) check(decoder runtime.Decoder, review, answer []byte) error {
	var request sent
	if err := json.Unmarshal(review, &request); err != nil {
		return fmt.Errorf("the review is none: %w", err)
	}
	var into runtime.Object = &admissionv1.AdmissionReview{}
	if request.APIVersion == admissionv1beta1.SchemeGroupVersion.String() {
		into = &admissionv1beta1.AdmissionReview{}
	}
	unknown, err := sigsjson.UnmarshalStrict(answer, into)
	if err = errors.Join(append(unknown, err)...); err != nil {
		return fmt.Errorf("the answer is not strictly right: %w", err)
	}
	into = into.DeepCopyObject()
	if _, _, err := decoder.Decode(answer, &schema.GroupVersionKind{}, into); err != nil {
		return fmt.Errorf("the answer cannot be decoded: %w", err)
	}
	response, err := webhookrequest.VerifyAdmissionResponse(request.Request.UID, false, into)
	if err != nil {
		return fmt.Errorf("the answer is refused: %w", err)
	}

	texts, err := shown(response.Warnings)
	if err != nil || !slices.Equal(texts, response.Warnings) {
		return fmt.Errorf("of the warnings %q are shown %q: %w", response.Warnings, texts, err)
	}
	attributes := admission.NewAttributesRecord(nil, nil, schema.GroupVersionKind{}, "", "",
		schema.GroupVersionResource{}, "", admission.Create, nil, false, nil)
	for key, value := range response.AuditAnnotations {
		if err := attributes.AddAnnotation(webhookName+"/"+key, value); err != nil {
			return fmt.Errorf("an audit annotation is dropped: %w", err)
		}
	}

	t.cases++
	t.warnings += len(response.Warnings)
	t.annotations += len(response.AuditAnnotations)
	if response.Allowed {
		t.allowed++
		return nil
	}
	t.denied++
	return explained(response.Result)
}

// explained looks at what a client is told of a denial.
func explained(result *metav1.Status) error {
	if result == nil || result.Message == "" {
		return errors.New("a denial says nothing")
	}
	code, message := result.Code, result.Message
	status := webhookerrors.ToStatusErr(webhookName, result).Status()
	if status.Code != code || status.Reason == "" || !strings.HasSuffix(status.Message, message) {
		return fmt.Errorf("of a denial with code %d and message %q becomes %+v", code, message, status)
	}
	return nil
}

func run(least int) error {
	decoder := decoder()
	var t totals
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for number := 1; lines.Scan(); number++ {
		var line struct{ Review, Answer string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if err := t.check(decoder, []byte(line.Review), []byte(line.Answer)); err != nil {
			return fmt.Errorf("line %d: %w\nreview: %s\nanswer: %s", number, err, line.Review, line.Answer)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	fmt.Printf("%d answers are as the API server wants them: %d allowed, %d denied, %d warnings and "+
		"%d audit annotations, none dropped\n", t.cases, t.allowed, t.denied, t.warnings, t.annotations)
	if t.cases < least || t.allowed == 0 || t.denied == 0 || t.warnings == 0 || t.annotations == 0 {
		return fmt.Errorf("too few of one kind; at least %d cases are wanted", least)
	}
	return nil
}

func main() {
	least := flag.Int("at-least", 1, "how many cases there must be")
	flag.Parse()
	if err := run(*least); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
