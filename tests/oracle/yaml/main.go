// The oracle: what kubectl understands of a manifest, through the very modules that it is built from.
//
// Reads file names from standard input, one a line, and writes a line of JSON for each:
// {"file": NAME, "documents": [...], "errors": ["..."]}. Documents that are null are left out, as
// kubectl does; reading goes on after an error where the decoder lets it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// As kubectl's StreamVisitor (k8s.io/cli-runtime, pkg/resource/visitor.go).
const bufferSize = 4096

type result struct {
	File      string            `json:"file"`
	Documents []json.RawMessage `json:"documents"`
	Errors    []string          `json:"errors"`
}

// Go's own meaning of the bytes: the last of two equal names, U+FFFD for what is not Unicode.
func canonical(raw []byte) (json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

func read(name string) (result, error) {
	out := result{File: name, Documents: []json.RawMessage{}, Errors: []string{}}
	text, err := os.ReadFile(name)
	if err != nil {
		return out, err
	}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), bufferSize)
	for {
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			// A stream of JSON values gives the same error for ever.
			var syntax *json.SyntaxError
			last := len(out.Errors) - 1
			stuck := last >= 0 && out.Errors[last] == err.Error() &&
				!strings.HasPrefix(err.Error(), "error converting YAML")
			out.Errors = append(out.Errors, err.Error())
			if stuck || errors.As(err, &syntax) || len(out.Errors) > 1000 {
				return out, nil
			}
			continue
		}
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		document, err := canonical(raw)
		if err != nil {
			out.Errors = append(out.Errors, err.Error())
			continue
		}
		out.Documents = append(out.Documents, document)
	}
}

func main() {
	names := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for names.Scan() {
		line, err := read(names.Text())
		if err != nil {
			log.Fatal(err)
		}
		if err := encoder.Encode(line); err != nil {
			log.Fatal(err)
		}
	}
	if err := names.Err(); err != nil {
		log.Fatal(err)
	}
}
