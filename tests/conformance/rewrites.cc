#include "tests/conformance/rewrites.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "tests/support/reviews.h"

namespace kaudit::testing {
namespace {

using Text = std::optional<std::string>;

// ---- Text --------------------------------------------------------------------------------------

Text json(const Json& object, const JsonStyle& style) { return to_json_text(object, style); }
Text yaml(const Json& object, const YamlStyle& style) { return to_yaml_text(object, style); }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// ---- Pods --------------------------------------------------------------------------------------

constexpr const char* kLists[] = {"initContainers", "containers", "ephemeralContainers"};

// It breaks nothing of any profile, whatever the pod says.
Json harmless_container(const std::string& name) {
  return {{"name", name},
          {"image", "registry.example/harmless:1.0"},
          {"securityContext",
           {{"privileged", false},
            {"allowPrivilegeEscalation", false},
            {"runAsNonRoot", true},
            {"runAsUser", 1000},
            {"capabilities", {{"drop", {"ALL"}}}},
            {"seccompProfile", {{"type", "RuntimeDefault"}}}}}};
}

Json& list_of(Json& spec, const char* name) {
  Json& list = spec[name];
  if (!list.is_array()) list = Json::array();
  return list;
}

void first_in(Json& spec, const char* list, Json item) {
  Json& items = list_of(spec, list);
  items.insert(items.begin(), std::move(item));
}

template <class Change>
Text with_spec(const Json& object, const Change& change) {
  Json copy = object;
  Json* spec = spec_of(copy);
  if (spec == nullptr) return std::nullopt;
  change(*spec);
  if (copy == object) return std::nullopt;
  return copy.dump();
}

template <class Change>
Text with_containers(const Json& object, const Change& change) {
  return with_spec(object, [&](Json& spec) {
    for (const char* name : kLists) {
      if (!spec.contains(name) || !spec[name].is_array()) continue;
      for (Json& container : spec[name]) {
        if (container.is_object()) change(container);
      }
    }
  });
}

void reverse(Json& owner, const char* name) {
  if (owner.contains(name) && owner[name].is_array()) std::ranges::reverse(owner[name]);
}

void add_absent(Json& owner, std::initializer_list<const char*> names, const Json& value) {
  for (const char* name : names) {
    if (!owner.contains(name)) owner[name] = value;
  }
}

void add_unknown(Json& owner) {
  owner["xUnknown"] = {{"a", {1, nullptr, "b", {{"c", true}}}}, {"", -1.5}};
  owner["x-unknown"] = "privileged: true";
}

Text with_metadata(const Json& object, const Json& more) {
  Json copy = object;
  Json& metadata = copy["metadata"];
  if (!metadata.is_object()) metadata = Json::object();
  for (const auto& [key, value] : more.items()) {
    if (!metadata.contains(key)) metadata[key] = value;
    if (value.is_object() && metadata[key].is_object()) metadata[key].update(value);
  }
  return copy.dump();
}

Text as_template(const Json& object, std::string_view kind) {
  if (object.value("kind", "") != "Pod" || !object.contains("spec")) return std::nullopt;
  Json pod = {{"spec", object["spec"]}};
  if (object.contains("metadata")) pod["metadata"] = object["metadata"];
  for (const TemplateKind& row : kTemplateKinds) {
    if (row.kind == kind) return wrapped(row, pod.dump());
  }
  return std::nullopt;
}

}  // namespace

const std::vector<Rewrite>& text_rewrites() {
  using J = JsonStyle;
  using Y = YamlStyle;
  constexpr auto kAll = Rewrite::Keeps::all;
  static const std::vector<Rewrite> kRewrites = {
      {kAll, "spaces", [](const Json& o) { return json(o, {.blank = "  "}); }},
      {kAll, "every blank", [](const Json& o) { return json(o, {.blank = " \t\r\n"}); }},
      {kAll, "indented", [](const Json& o) { return Text(o.dump(4)); }},
      {kAll, "Windows", [](const Json& o) { return Text(replaced(o.dump(2), "\n", "\r\n")); }},
      {kAll, "a mark first", [](const Json& o) { return Text("\xEF\xBB\xBF" + o.dump()); }},
      {kAll, "escapes", [](const Json& o) { return json(o, {.escapes = J::Escapes::all}); }},
      {kAll, "some escapes", [](const Json& o) { return json(o, {.escapes = J::Escapes::some}); }},
      {kAll, "solidus", [](const Json& o) { return json(o, {.escapes = J::Escapes::solidus}); }},
      {kAll, "reversed", [](const Json& o) { return json(o, {.order = J::Order::reversed}); }},
      {kAll, "sorted", [](const Json& o) { return json(o, {.order = J::Order::sorted}); }},
      {kAll, "mixed", [](const Json& o) { return json(o, {.order = J::Order::mixed}); }},
      {kAll, "fractions", [](const Json& o) { return json(o, {.numbers = J::Numbers::fraction}); }},
      {kAll, "exponents", [](const Json& o) { return json(o, {.numbers = J::Numbers::exponent}); }},
      {kAll, "twice", [](const Json& o) { return json(o, {.twice = true}); }},
      {kAll, "all at once",
       [](const Json& o) {
         return json(o, {.escapes = J::Escapes::some, .order = J::Order::mixed, .blank = "\t"});
       }},
      {kAll, "YAML", [](const Json& o) { return yaml(o, {}); }},
      {kAll, "YAML, far in", [](const Json& o) { return yaml(o, {.indent = 7}); }},
      {kAll, "YAML, single quotes",
       [](const Json& o) { return yaml(o, {.quotes = Y::Quotes::single}); }},
      {kAll, "YAML, double quotes",
       [](const Json& o) { return yaml(o, {.quotes = Y::Quotes::doubled}); }},
      {kAll, "YAML, escapes",
       [](const Json& o) { return yaml(o, {.quotes = Y::Quotes::escaped}); }},
      {kAll, "YAML, block text",
       [](const Json& o) { return yaml(o, {.quotes = Y::Quotes::block}); }},
      {kAll, "YAML, flow", [](const Json& o) { return yaml(o, {.flow_leaves = true}); }},
      {kAll, "YAML, yes", [](const Json& o) { return yaml(o, {.yes = "yes", .no = "no"}); }},
      {kAll, "YAML, On", [](const Json& o) { return yaml(o, {.yes = "On", .no = "OFF"}); }},
      {kAll, "YAML, TRUE",
       [](const Json& o) { return yaml(o, {.yes = "TRUE", .no = "False", .null = "~"}); }},
      {kAll, "YAML, nothing for null", [](const Json& o) { return yaml(o, {.null = ""}); }},
      {kAll, "YAML, hexadecimal",
       [](const Json& o) { return yaml(o, {.numbers = Y::Numbers::hex}); }},
      {kAll, "YAML, octal", [](const Json& o) { return yaml(o, {.numbers = Y::Numbers::octal}); }},
      {kAll, "YAML, fractions",
       [](const Json& o) { return yaml(o, {.numbers = Y::Numbers::fraction}); }},
      {kAll, "YAML, tags", [](const Json& o) { return yaml(o, {.tags = true}); }},
      {kAll, "YAML, comments", [](const Json& o) { return yaml(o, {.comments = true}); }},
      {kAll, "YAML, explicit keys", [](const Json& o) { return yaml(o, {.explicit_keys = true}); }},
      {kAll, "YAML, merge keys", [](const Json& o) { return yaml(o, {.merge = true}); }},
      {kAll, "YAML, aliases", [](const Json& o) { return yaml(o, {.aliases = true}); }},
      {kAll, "YAML of Windows",
       [](const Json& o) { return Text(replaced(*yaml(o, {}), "\n", "\r\n")); }},
      {kAll, "YAML, marks",
       [](const Json& o) { return Text("\xEF\xBB\xBF%YAML 1.1\n---\n" + *yaml(o, {}) + "...\n"); }},
      {kAll, "YAML among others",
       [](const Json& o) { return Text("a: 1\n---\n# nothing\n---\n" + *yaml(o, {}) + "---\n"); }},
  };
  return kRewrites;
}

const std::vector<Rewrite>& pod_rewrites() {
  constexpr auto kAll = Rewrite::Keeps::all;
  constexpr auto kProfiles = Rewrite::Keeps::profiles;
  static const std::vector<Rewrite> kRewrites = {
      {kAll, "unknown fields",
       [](const Json& object) {
         Json copy = object;
         add_unknown(copy);
         if (Json* spec = spec_of(copy)) add_unknown(*spec);
         return with_containers(copy, [](Json& container) {
           add_unknown(container);
           if (container.contains("securityContext") && container["securityContext"].is_object()) {
             add_unknown(container["securityContext"]);
           }
         });
       }},
      {kAll, "nulls",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           add_absent(spec,
                      {"hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers",
                       "volumes", "securityContext", "hostUsers", "os"},
                      nullptr);
         });
       }},
      {kAll, "nulls in containers",
       [](const Json& object) {
         return with_containers(object, [](Json& container) {
           add_absent(container,
                      {"ports", "volumeMounts", "volumeDevices", "env", "envFrom", "lifecycle",
                       "securityContext", "command", "args"},
                      nullptr);
         });
       }},
      {kAll, "empty lists",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           add_absent(spec, {"initContainers", "ephemeralContainers", "volumes"}, Json::array());
         });
       }},
      {kAll, "empty contexts",
       [](const Json& object) {
         return with_containers(object, [](Json& container) {
           add_absent(container, {"securityContext", "resources"}, Json::object());
         });
       }},
      {kAll, "false where nothing is said",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           add_absent(spec, {"hostNetwork", "hostPID", "hostIPC"}, false);
         });
       }},
      {kAll, "containers reversed",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           for (const char* name : kLists) reverse(spec, name);
         });
       }},
      {kAll, "volumes reversed",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) { reverse(spec, "volumes"); });
       }},
      {kAll, "sysctls reversed",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           if (spec.contains("securityContext") && spec["securityContext"].is_object()) {
             reverse(spec["securityContext"], "sysctls");
           }
         });
       }},
      {kAll, "lists in containers reversed",
       [](const Json& object) {
         return with_containers(object, [](Json& container) {
           for (const char* name : {"ports", "env", "envFrom", "volumeMounts"}) {
             reverse(container, name);
           }
         });
       }},
      {kProfiles, "a harmless container last",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           list_of(spec, "containers").push_back(harmless_container("harmless-last"));
         });
       }},
      {kProfiles, "a harmless container first",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           first_in(spec, "containers", harmless_container("harmless-first"));
         });
       }},
      {kProfiles, "harmless containers of every kind",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           for (const char* name : kLists) {
             first_in(spec, name, harmless_container(std::string("harmless-") + name));
           }
         });
       }},
      {kProfiles, "harmless volumes",
       [](const Json& object) {
         return with_spec(object, [](Json& spec) {
           first_in(spec, "volumes", {{"name", "harmless"}, {"emptyDir", Json::object()}});
           list_of(spec, "volumes")
               .push_back({{"name", "harmless-too"}, {"configMap", {{"name", "harmless"}}}});
         });
       }},
      {kProfiles, "labels and annotations",
       [](const Json& object) {
         return with_metadata(object,
                              {{"labels", {{"pod-security.kubernetes.io/enforce", "privileged"}}},
                               {"annotations", {{"example.org/note", "privileged: true"}}}});
       }},
      {kProfiles, "annotations that would exempt",
       [](const Json& object) {
         return with_metadata(object, {{"annotations",
                                        {{"kaudit.dev/exempt", "privileged-container,host-network"},
                                         {"kaudit.dev/exempt-reason", "because"}}}});
       }},
      {kAll, "what an API server adds",
       [](const Json& object) {
         return with_metadata(
             object, {{"creationTimestamp", nullptr},
                      {"uid", "705ab4f5-6393-11e8-b7cc-42010a800002"},
                      {"generation", 1},
                      {"managedFields",
                       {{{"manager", "kubectl"}, {"fieldsV1", {{"f:spec", Json::object()}}}}}}});
       }},
      {kAll, "in a list",
       [](const Json& object) {
         return Text(
             Json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array({object})}}.dump());
       }},
      {kProfiles, "as Deployment", [](const Json& o) { return as_template(o, "Deployment"); }},
      {kProfiles, "as StatefulSet", [](const Json& o) { return as_template(o, "StatefulSet"); }},
      {kProfiles, "as DaemonSet", [](const Json& o) { return as_template(o, "DaemonSet"); }},
      {kProfiles, "as ReplicaSet", [](const Json& o) { return as_template(o, "ReplicaSet"); }},
      {kProfiles, "as Job", [](const Json& o) { return as_template(o, "Job"); }},
      {kProfiles, "as CronJob", [](const Json& o) { return as_template(o, "CronJob"); }},
      {kProfiles, "as PodTemplate", [](const Json& o) { return as_template(o, "PodTemplate"); }},
      {kProfiles, "as ReplicationController",
       [](const Json& o) { return as_template(o, "ReplicationController"); }},
  };
  return kRewrites;
}

const std::vector<Violation>& violations() {
  static const auto kAdd = [](Json& spec, const char* list, const Json& context) {
    Json container = harmless_container("violating");
    container["securityContext"].update(context);
    first_in(spec, list, std::move(container));
  };
  static const std::vector<Violation> kViolations = {
      {"hostNetwork", [](Json& spec) { spec["hostNetwork"] = true; }},
      {"hostPID", [](Json& spec) { spec["hostPID"] = true; }},
      {"hostIPC", [](Json& spec) { spec["hostIPC"] = true; }},
      {"a path of the node",
       [](Json& spec) {
         first_in(spec, "volumes", {{"name", "violating"}, {"hostPath", {{"path", "/"}}}});
       }},
      {"a privileged container",
       [](Json& spec) { kAdd(spec, "containers", {{"privileged", true}}); }},
      {"a privileged init container",
       [](Json& spec) { kAdd(spec, "initContainers", {{"privileged", true}}); }},
      {"a privileged ephemeral container",
       [](Json& spec) { kAdd(spec, "ephemeralContainers", {{"privileged", true}}); }},
      {"root", [](Json& spec) { kAdd(spec, "containers", {{"runAsUser", 0}}); }},
      {"escalation",
       [](Json& spec) { kAdd(spec, "containers", {{"allowPrivilegeEscalation", true}}); }},
      {"a capability",
       [](Json& spec) {
         kAdd(spec, "containers", {{"capabilities", {{"add", {"SYS_ADMIN"}}, {"drop", {"ALL"}}}}});
       }},
      {"no seccomp",
       [](Json& spec) {
         kAdd(spec, "containers", {{"seccompProfile", {{"type", "Unconfined"}}}});
       }},
      {"proc as it is", [](Json& spec) { kAdd(spec, "containers", {{"procMount", "Unmasked"}}); }},
      {"SELinux",
       [](Json& spec) { kAdd(spec, "containers", {{"seLinuxOptions", {{"user", "root"}}}}); }},
      {"a port of the node",
       [](Json& spec) {
         Json container = harmless_container("violating");
         container["ports"] = Json::array({Json{{"containerPort", 80}, {"hostPort", 80}}});
         first_in(spec, "containers", std::move(container));
       }},
  };
  return kViolations;
}

Json* spec_of(Json& object) {
  Json* at = &object;
  const std::string kind = object.is_object() ? object.value("kind", "") : "";
  if (kind == "CronJob") {
    for (const char* step : {"spec", "jobTemplate"}) {
      if (!at->is_object() || !at->contains(step)) return nullptr;
      at = &(*at)[step];
    }
  }
  const bool makes_pods = std::ranges::any_of(
      kTemplateKinds, [&](const TemplateKind& row) { return row.kind == kind; });
  if (kind != "Pod" && !makes_pods) return nullptr;
  std::vector<const char*> steps = {"spec"};
  if (kind == "PodTemplate") {
    steps = {"template", "spec"};
  } else if (kind != "Pod") {
    steps = {"spec", "template", "spec"};
  }
  for (const char* step : steps) {
    if (!at->is_object() || !at->contains(step)) return nullptr;
    at = &(*at)[step];
  }
  return at->is_object() ? at : nullptr;
}

}  // namespace kaudit::testing
