#include "tests/report/samples.h"

#include <memory>
#include <random>
#include <stdexcept>

namespace kaudit::testing {
namespace {

using namespace std::string_literals;

const Rule* rule(std::string_view slug) {
  const Rule* found = find_rule(slug);
  if (found == nullptr) throw std::runtime_error("no rule " + std::string(slug));
  return found;
}

// `marked` is the source line; the value is what stands between the two marks ‹ ›.
Finding finding(std::string_view slug, Severity severity, std::uint32_t line,
                std::string_view marked, std::string message, std::string fix) {
  constexpr std::string_view kOpen = "‹";
  constexpr std::string_view kClose = "›";
  Finding result;
  result.rule = rule(slug);
  // Set here, so that a change of the rule changes no report.
  result.severity = severity;
  result.profiles = severity == Severity::medium ? kRestricted : kCore | kBaseline | kRestricted;
  result.action = result.profiles.has(kCore) ? Action::deny : Action::warn;
  const std::size_t open = marked.find(kOpen);
  const std::size_t close = marked.find(kClose);
  const std::string_view value = marked.substr(open + kOpen.size(), close - open - kOpen.size());
  const auto columns = [](std::string_view text) {
    std::uint32_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
    return count;
  };
  result.where.begin = {line, columns(marked.substr(0, open)) + 1};
  result.where.end = {line, result.where.begin.column + columns(value)};
  result.source_begin = result.where.begin.column - 1;
  result.source_end = result.where.end.column - 1;
  result.source_line = marked.substr(0, open);
  result.source_line.append(value).append(marked.substr(close + kClose.size()));
  result.message = std::move(message);
  result.fix = std::move(fix);
  result.fingerprint = "0123456789abcde" + std::string(1, "0123456789abcdef"[line % 16]);
  return result;
}

Finding of(Finding result, std::string kind, std::string ns, std::string name,
           std::string container = {}) {
  result.kind = std::move(kind);
  result.ns = std::move(ns);
  result.name = std::move(name);
  result.container = std::move(container);
  return result;
}

FileReport with(std::string file, std::vector<Finding> findings) {
  FileReport report;
  report.file = std::move(file);
  report.status = FileStatus::examined;
  report.objects = report.workloads = 1;
  report.containers = 2;
  report.findings = std::move(findings);
  for (Finding& one : report.findings) one.where.source = report.file;
  return report;
}

FileReport not_examined(std::string file, std::vector<Error> errors, std::string reason = {}) {
  FileReport report;
  report.file = std::move(file);
  report.status = FileStatus::not_examined;
  report.errors = std::move(errors);
  report.reason = std::move(reason);
  return report;
}

Error error(std::string message, Mark begin) {
  Error result;
  result.message = std::move(message);
  result.where.begin = begin;
  return result;
}

RunInfo run() {
  RunInfo info;
  info.version = "1.2.3";
  info.ruleset = "00c0ffee";
  info.profile = "all";
  info.minor = 37;
  return info;
}

}  // namespace

Sample shop_sample() {
  std::vector<Finding> web;
  // Out of order: reports sort by place, then severity.
  web.push_back(of(finding("privilege-escalation", Severity::medium, 17, "      - name: ‹app›",
                           "container \"app\" does not set "
                           "securityContext.allowPrivilegeEscalation; it must be false",
                           "Write `allowPrivilegeEscalation: false`."),
                   "Deployment", "shop", "web", "app"));
  web.push_back(of(
      finding("run-as-root", Severity::high, 17, "      - name: ‹app›",
              "container \"app\" runs as user 0; it must be another", "Write `runAsUser: 10001`."),
      "Deployment", "shop", "web", "app"));
  web.push_back(of(finding("host-network", Severity::high, 12, "      hostNetwork: ‹true›  # fast",
                           "pod sets hostNetwork to true; it must be false or unset",
                           "Write `hostNetwork: false`."),
                   "Deployment", "shop", "web"));
  web.back().related = {"", "/spec/template/spec/hostNetwork", {3, 7}, {3, 11}};
  web.push_back(of(finding("privileged-container", Severity::critical, 24,
                           "\t\tprivileged: ‹\"true\"› # 寿司 e\xCC\x81",
                           "container \"app\" sets securityContext.privileged to true; it must "
                           "be false or unset",
                           "Write `privileged: false` and grant `NET_ADMIN`."),
                   "Deployment", "shop", "web", "app"));
  web.back().where.pointer = "/spec/template/spec/containers/0/securityContext/privileged";
  web.back().field = "spec.template.spec.containers[0].securityContext.privileged";
  // The same fingerprint again: the same field written at a second place.
  web.push_back(of(finding("privileged-container", Severity::critical, 40, "  寿司: {a: ‹yes›}",
                           "container \"寿司\" sets securityContext.privileged to true",
                           "Write `privileged: false`."),
                   "CronJob", "", "nightly", "寿司"));
  web.back().fingerprint = web[3].fingerprint;
  web.back().template_name = "shop/templates/cron.yaml";
  web.push_back(of(finding("host-network", Severity::high, 41,
                           "{\"spec\": {" + std::string(150, 'x') + " \"hostNetwork\": ‹true›, " +
                               std::string(150, 'y') + "}}",
                           "pod sets hostNetwork to true", "Write `hostNetwork: false`."),
                   "CronJob", "", "nightly"));

  // A value of several lines: what is missing is said of the mapping that lacks it.
  web.push_back(of(finding("privilege-escalation", Severity::medium, 44, "  - ‹name: sidecar›",
                           "container \"sidecar\" does not set allowPrivilegeEscalation",
                           "allowPrivilegeEscalation: false"),
                   "CronJob", "", "nightly", "sidecar"));
  web.back().where.end = {48, 1};

  Sample sample{"shop", {}, run()};
  sample.files.push_back(with("./shop/web.yaml", std::move(web)));
  ChecklistSubject subject;
  subject.kind = "Deployment";
  subject.ns = "shop";
  subject.name = "web";
  subject.where = {"./shop/web.yaml", {}, {1, 1}, {30, 1}};
  subject.images = {"registry.example/shop/web:1.4.2"};
  sample.files.back().subjects.push_back(subject);
  sample.files.push_back(with("shop/clean.yaml", {}));
  sample.files.back().notes = {
      error("the Dockerfile of service \"web\" was not examined for it", {3, 12}),
      error("the Dockerfile of service \"a\nb\" was not examined", {})};
  FileReport values;
  values.file = "shop/values.yaml";
  values.reason = "no Kubernetes object in it";
  sample.files.push_back(values);
  sample.files.push_back(
      not_examined("shop/chart/web.yaml",
                   {error("an unrendered Helm template; run `helm template … | kaudit -`", {3, 1}),
                    error("found a tab where indentation is expected", {9, 2})}));
  sample.files.push_back(not_examined("shop/secret.yaml", {}, "permission denied"));
  return sample;
}

Sample ranked_sample() {
  const auto exposed = [](ExposureLevel level, Lifetime lifetime, std::vector<Hop> path,
                          std::string note, unsigned score) {
    auto exposure = std::make_shared<Exposure>();
    exposure->level = level;
    exposure->lifetime = lifetime;
    exposure->path = std::move(path);
    exposure->note = std::move(note);
    exposure->score = score;
    return exposure;
  };
  const auto hop = [](std::string what, std::uint32_t line) {
    return Hop{std::move(what), {"shop/web.yaml", {}, {line, 1}, {line, 5}}};
  };
  const auto web = exposed(ExposureLevel::internet, Lifetime::always,
                           {hop("Ingress shop/web", 50), hop("Service shop/web:80", 60),
                            hop("Deployment shop/web (3 replicas, always running)", 1)},
                           {}, 55);
  const auto nightly =
      exposed(ExposureLevel::unknown, Lifetime::scheduled, {hop("CronJob nightly (scheduled)", 30)},
              "no Service selects it", 12);
  nightly->stated_by = "annotation kaudit.dev/exposure";
  Sample sample = shop_sample();
  sample.name = "ranked";
  FileReport& file = sample.files.front();
  for (Finding& finding : file.findings) {
    finding.exposure = finding.name == "web" ? web : nightly;
    finding.object = finding.name == "web" ? 1 : 2;
    finding.priority = Weights().priority(finding.severity, finding.exposure->score);
  }
  file.left_out.resize(file.findings.size());
  file.left_out.back() = true;
  sample.run.fail_on_priority = 100;
  return sample;
}

Sample empty_sample() { return {"empty", {}, run()}; }

Sample hostile_sample() {
  const std::string texts[] = {
      "\x1b]0;owned\x07\x1b[2J\x1b[31m",
      "\xE2\x80\xAE"
      "txt.exe\xE2\x81\xA6\xE2\x80\x8B",
      "two\nlines\r\n::set-output name=a::b\n##[error]x",
      "::set-output name=a::b",
      "##[group]x ##vso[task.setvariable variable=a]b",
      "section_start:1:a\r\x1b[0K",
      "</script><script>alert(1)</script><!-- -->",
      "=cmd|' /C calc'!A0",
      "+1",
      "-1",
      "@SUM(1)",
      "\xFF\xFE\xC0\x80\xED\xA0\x80",
      "nul\0nul"s,
      std::string(10'000, 'A'),
      "{\"json\": [1, 2], \\ / \"} ]]> &amp; <a b='c'>",
      "| a | b |\n|--|--|\n[click](javascript:alert(1)) ![x](http://evil.example/x.png) @admin #1 "
      "`",
      "%0A::error::x%25, a:b,c=d",
      "\xEF\xBB\xBF\xE2\x80\xA8\xE2\x80\xA9\xF3\xA0\x81\x81",
      "\"><script>alert(1)</script><img src=x onerror=alert(1)>' autofocus onfocus='alert(1)",
      std::string(std::size_t{64} << 10, 'B'),
  };
  Sample sample{"hostile", {}, run()};
  std::uint32_t line = 0;
  for (const std::string& text : texts) {
    Finding one;
    one.rule = rule("privileged-container");
    one.severity = static_cast<Severity>(line % 5);
    one.profiles = kCore | kBaseline;
    one.where.begin = {++line, 3};
    one.where.end = {line, 9};
    one.where.pointer = "/" + text;
    one.kind = one.ns = one.name = one.container = one.template_name = one.field = text;
    one.message = "container \"" + text + "\" is privileged";
    one.fix = text;
    one.source_line = text.substr(0, 400);
    one.source_begin = 2;
    one.source_end = 8;
    one.fingerprint = "00000000000000ff";
    sample.files.push_back(with(text, {one, one}));
    ChecklistSubject subject;
    subject.kind = subject.ns = subject.name = text;
    subject.images = {text};
    sample.files.back().subjects.push_back(subject);
    sample.files.push_back(not_examined(text, {error(text, {line, 0}), error(text, {})}, text));
    FileReport nothing;
    nothing.file = nothing.reason = text;
    sample.files.push_back(nothing);
  }
  return sample;
}

Sample exempted_sample() {
  static const Exemption kByPolicy = [] {
    Exemption exemption;
    exemption.reason = "the agent sets up the node's network";
    exemption.owner = "net@example.org";
    exemption.expires = parse_day("2026-12-31");
    exemption.where = {"deploy/.kaudit.yaml", {}, {7, 5}, {}};
    return exemption;
  }();
  static const Exemption kByAnnotation = [] {
    Exemption exemption;
    exemption.reason = "an annotation of the object";
    return exemption;
  }();
  const auto host_network = [] {
    return of(finding("host-network", Severity::high, 6, "  hostNetwork: ‹true›",
                      "pod sets hostNetwork to true; it must be false or unset",
                      "Write `hostNetwork: false`."),
              "Pod", "infra", "agent");
  };
  const auto escalation = [] {
    return of(finding("privilege-escalation", Severity::medium, 8, "    - name: ‹app›",
                      "container \"app\" does not set "
                      "securityContext.allowPrivilegeEscalation; it must be false",
                      "Write `allowPrivilegeEscalation: false`."),
              "Pod", "infra", "agent", "app");
  };
  std::vector<Finding> findings = {host_network(), escalation(), escalation()};
  findings[0].exemption = &kByPolicy;
  findings[1].exemption = &kByAnnotation;
  findings[1].annotation_reason = "sudo ](https://evil.example) until the next release";
  for (std::size_t n : {0U, 1U}) findings[n].action = Action::audit;
  std::vector<Finding> all = {host_network()};
  all[0].exemption = &kByPolicy;
  all[0].action = Action::audit;
  Sample sample{"exempted", {with("agent.yaml", findings), with("only.yaml", all)}, run()};
  sample.run.exempts = true;
  return sample;
}

Sample random_sample(unsigned seed) {
  std::mt19937 random(seed);
  const auto number = [&](std::uint32_t below) {
    return static_cast<std::uint32_t>(random() % below);
  };
  const auto text = [&] {
    // Bytes that mean something to some format, and any.
    constexpr std::string_view kTricky =
        "\"\\<>&'`|%:,;=+-@#![]()\n\r\t\x1b\x7f\xC2\xE2\x80\xAE\xF3";
    std::string bytes(number(4) == 0 ? 0 : number(40), ' ');
    for (char& c : bytes) {
      c = number(2) == 0 ? kTricky[number(kTricky.size())] : static_cast<char>(number(256));
    }
    return bytes;
  };
  const auto mark = [&] { return Mark{number(4), number(60)}; };
  static Exemption exemptions[2];
  for (Exemption& exemption : exemptions) {
    exemption.reason = "so: " + text();
    exemption.owner = text();
    exemption.where = {text(), {}, mark(), {}};
  }
  exemptions[0].expires = parse_day("2026-12-31");
  Sample sample{"random", {}, run()};
  sample.run.exempts = true;
  sample.run.fail_on_set = number(4) != 0;
  sample.run.fail_on = static_cast<Severity>(number(5));
  for (std::uint32_t files = number(5); files > 0; --files) {
    FileReport file;
    file.file = text();
    file.status = static_cast<FileStatus>(number(3));
    file.reason = text();
    for (std::uint32_t count = number(3); count > 0; --count) {
      file.errors.push_back(error(text(), mark()));
    }
    if (number(3) == 0) file.notes.push_back(error(text(), mark()));
    for (std::uint32_t count = number(6); count > 0; --count) {
      Finding one;
      one.rule = all_rules()[number(static_cast<std::uint32_t>(all_rules().size()))];
      one.severity = static_cast<Severity>(number(5));
      one.profiles = Profiles{static_cast<std::uint8_t>(number(8))};
      one.action = static_cast<Action>(1 + number(3));
      one.where = {text(), text(), mark(), mark()};
      if (number(3) == 0) one.related = {text(), text(), mark(), mark()};
      one.kind = text();
      one.ns = text();
      one.name = text();
      one.container = text();
      one.template_name = text();
      one.field = text();
      one.message = text();
      one.fix = text();
      one.source_line = text();
      one.source_column = 1 + number(3);
      one.source_begin = number(60);
      one.source_end = number(60);
      one.fingerprint = "000000000000000" + std::to_string(number(3));
      if (number(3) == 0) {
        auto exposure = std::make_shared<Exposure>();
        exposure->level = static_cast<ExposureLevel>(number(5));
        exposure->lifetime = static_cast<Lifetime>(number(5));
        exposure->note = text();
        exposure->stated_by = text();
        for (std::uint32_t hops = 1 + number(3); hops > 0; --hops) {
          exposure->path.push_back({text(), {text(), {}, mark(), mark()}});
        }
        one.exposure = exposure;
        one.priority = 1 + number(1000);
      }
      if (number(4) == 0) one.exemption = &exemptions[number(2)];
      if (one.exemption != nullptr && number(2) == 0) one.annotation_reason = "so: " + text();
      file.findings.push_back(std::move(one));
    }
    sample.files.push_back(std::move(file));
  }
  return sample;
}

Sample large_sample(std::size_t findings) {
  Sample sample{"large", {}, run()};
  const Finding one =
      of(finding("privileged-container", Severity::critical, 24, "          privileged: ‹true›",
                 "container \"app\" sets securityContext.privileged to true; it "
                 "must be false or unset",
                 "Write `privileged: false` and grant the one capability or device "
                 "it needs."),
         "Deployment", "shop", "web", "app");
  for (std::size_t i = 0; i < findings; i += 10) {
    sample.files.push_back(
        with("shop/web-" + std::to_string(i) + ".yaml",
             std::vector<Finding>(std::min<std::size_t>(10, findings - i), one)));
  }
  return sample;
}

std::string render(Format format, const Sample& sample, const ReportOptions& options) {
  StringOutput out;
  const auto reporter = make_reporter(format, options, out);
  Summary summary;
  reporter->begin(sample.run);
  for (const FileReport& file : sample.files) {
    summary.add(file, sample.run);
    reporter->file(file);
  }
  reporter->end(summary);
  return out.text();
}

}  // namespace kaudit::testing
