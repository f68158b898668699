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

	"kaudit/tests/oracle/pods"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func verdicts(evaluator policy.Evaluator, level api.Level, newest int, p *pods.Pod) string {
	var out strings.Builder
	for minor := 0; minor <= newest; minor++ {
		at := api.LevelVersion{Level: level, Version: api.MajorMinorVersion(1, minor)}
		if policy.AggregateCheckResults(evaluator.EvaluatePod(at, p.Meta, p.Spec)).Allowed {
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
			switch p, err := pods.Decode(line); {
			case err != nil:
				fmt.Fprintln(out, "error")
			case p == nil || reflect.ValueOf(*p.Spec).IsZero():
				fmt.Fprintln(out, "none")
			default:
				pods.ApplyDefaults(p.Spec)
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
