#include "manifests/adapt/compose_project.h"

#include <algorithm>
#include <utility>

#include "core/shown.h"
#include "manifests/adapt/compose_env.h"
#include "manifests/adapt/compose_merge.h"
#include "manifests/load.h"

namespace kaudit::compose {
namespace {

using SourceRef = std::shared_ptr<const Source>;

std::string quoted(std::string_view text) { return '"' + shown(without_marks(text)) + '"'; }

std::string directory_part(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

class Loader {
 public:
  Loader(ProjectFiles* beside, const Limits& limits, Project& out)
      : beside_(beside), limits_(limits), tree_(limits), out_(out) {}

  void run(std::span<const SourceRef> files) {
    out_.variables = variables_of("", {});
    const Ref root = project(files, "", out_.variables, 0);
    if (root != kNone) {
      enforce_unique(tree_, tree_.member(root, "services"));
      auto whole = tree_.finish(root);
      if (whole) {
        out_.whole = *std::move(whole);
      } else {
        tree_.errors.push_back(std::move(whole).error());
      }
    }
    for (Error& error : tree_.errors) out_.errors.push_back(std::move(error));
  }

 private:
  // ---- Files -----------------------------------------------------------------------------------

  // All documents of a file, the later ones over the earlier. kNone when there is none.
  Ref read(const SourceRef& source, const std::string& directory, const Variables& variables) {
    class Documents final : public DocumentVisitor {
     public:
      Documents(Loader& loader, const SourceRef& source, const Variables& variables)
          : loader_(loader), source_(source), variables_(variables) {}
      void document(const Document& document) override {
        if (!document.root().set()) return;
        ++loader_.out_.documents;
        const ComposeForm form = guess_compose(document).form;
        ComposeForm& known = loader_.out_.form;
        if (known == ComposeForm::none || form == ComposeForm::services) known = form;
        loader_.refuse_duplicates(document);
        const Ref added = loader_.tree_.add(document, source_, variables_);
        if (added == kNone) return;
        root = root == kNone ? added : merge_files(loader_.tree_, root, added);
      }
      void error(Error error) override { loader_.tree_.errors.push_back(std::move(error)); }
      Ref root = kNone;

     private:
      Loader& loader_;
      const SourceRef& source_;
      const Variables& variables_;
    };
    out_.directories.emplace(source.get(), directory);
    Documents documents(*this, source, variables);
    read_compose_yaml(source, limits_, documents);
    return documents.root;
  }

  void refuse_duplicates(const Document& document) {
    for (const Document::Duplicate& twice : document.duplicates()) {
      const Location earlier = document.locate_key(twice.first);
      tree_.errors.push_back({ErrorCode::malformed,
                              "the key " + quoted(document.at(twice.second).key()) +
                                  " is written twice (line " + std::to_string(earlier.begin.line) +
                                  " has it too): Compose refuses this",
                              document.locate_key(twice.second)});
      break;  // one sentence is enough for a file that does not run
    }
  }

  // A file that `at` refers to; null after an error, which is noted.
  SourceRef follow(std::string_view what, Ref at, std::string_view written,
                   const std::string& directory, std::string& path) {
    const auto note = [&](ErrorCode code, std::string_view reason) {
      tree_.errors.push_back({code,
                              std::string(what) + ' ' + quoted(written) + ' ' + std::string(reason),
                              tree_.locate(at)});
    };
    if (has_hole(written)) {
      note(ErrorCode::unsupported, "is not followed: its variable has no value here");
    } else if (is_remote(written)) {
      note(ErrorCode::unsupported, "is not followed: it is not a file of the project");
    } else if (is_absolute(written)) {
      note(ErrorCode::unsupported, "is not followed: the path is absolute");
    } else if (++followed_ > kMostFiles) {
      if (followed_ == kMostFiles + 1) {
        note(ErrorCode::too_large,
             "is not followed: a project of more than " + std::to_string(kMostFiles) + " files");
      }
    } else {
      path = join_path(directory, written);
      auto source = beside_->read(path);
      if (source) return *std::move(source);
      note(source.error().code, source.error().code == ErrorCode::not_found
                                    ? std::string("does not exist")
                                    : "is not read: " + source.error().message);
    }
    return nullptr;
  }

  // Of `.env` in the directory, below what is known from outside.
  Variables variables_of(const std::string& directory, Variables known) {
    if (beside_ == nullptr) return known;
    add_variables(join_path(directory, ".env"), known);
    return known;
  }

  void add_variables(const std::string& path, Variables& known) {
    const auto source = beside_->read(path);
    if (!source) return;
    for (EnvEntry& entry : read_env((*source)->text(), known)) {
      if (entry.given && !has_hole(entry.value)) {
        known.try_emplace(std::move(entry.name), std::move(entry.value));
      }
    }
  }

  // ---- Projects --------------------------------------------------------------------------------

  // NOLINTNEXTLINE(misc-no-recursion): kDeepestInclude
  Ref project(std::span<const SourceRef> files, const std::string& directory,
              const Variables& variables, int depth) {
    Ref root = kNone;
    for (const SourceRef& file : files) {
      const Ref next = read(file, directory, variables);
      if (next == kNone) continue;
      if (!tree_.is(next, Kind::object)) {
        tree_.errors.push_back(
            {ErrorCode::malformed, "a Compose file is a mapping", tree_.locate(next)});
        continue;
      }
      root = root == kNone ? next : merge_files(tree_, root, next);
    }
    if (root == kNone) return root;
    lift_v1(root);
    if (beside_ != nullptr) include(root, directory, variables, depth);
    const Ref services = tree_.member(root, "services");
    if (tree_.is(services, Kind::object)) {
      Scope scope;
      enter(scope, services, directory, variables);
      extend_all(scope);
    }
    return root;
  }

  // The old form: its services are the file's members.
  void lift_v1(Ref root) {
    if (out_.form != ComposeForm::v1) return;
    const Ref services = tree_.make(tree_[root], Kind::object);
    tree_[services].first = std::exchange(tree_[root].first, kNone);
    tree_[services].last = std::exchange(tree_[root].last, kNone);
    tree_[services].key = "services";
    tree_.append(root, services);
  }

  // NOLINTNEXTLINE(misc-no-recursion): with project()
  void include(Ref root, const std::string& directory, const Variables& variables, int depth) {
    const Ref list = tree_.member(root, "include");
    if (!tree_.is(list, Kind::array)) return;
    for (Ref item = tree_[list].first; item != kNone; item = tree_[item].next) {
      if (depth >= kDeepestInclude) {
        tree_.errors.push_back({ErrorCode::too_large,
                                "include nests deeper than " + std::to_string(kDeepestInclude) +
                                    " levels, or in a circle",
                                tree_.locate(item)});
        return;
      }
      include_one(root, item, directory, variables, depth);
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): with project()
  void include_one(Ref root, Ref item, const std::string& directory, const Variables& variables,
                   int depth) {
    const bool is_long = tree_.is(item, Kind::object);
    const Ref paths = is_long ? tree_.member(item, "path") : item;
    std::vector<SourceRef> files;
    std::vector<std::string> entered;
    std::string inner;
    const auto add = [&](Ref at) {
      std::string path;
      const SourceRef source = follow("include of", at, tree_.text(at), directory, path);
      if (!source) return;
      if (files.empty()) inner = directory_part(path);
      if (std::find(including_.begin(), including_.end(), path) != including_.end()) {
        tree_.errors.push_back({ErrorCode::malformed,
                                "include of " + quoted(path) + " goes round in a circle",
                                tree_.locate(at)});
        return;
      }
      files.push_back(source);
      entered.push_back(path);
    };
    if (tree_.is(paths, Kind::array)) {
      for (Ref path = tree_[paths].first; path != kNone; path = tree_[path].next) add(path);
    } else if (paths != kNone) {
      add(paths);
    }
    if (files.empty()) return;
    if (const Ref own = is_long ? tree_.member(item, "project_directory") : kNone; own != kNone) {
      inner = join_path(directory, tree_.text(own));
    }
    Variables inner_variables = variables;
    if (const Ref own = is_long ? tree_.member(item, "env_file") : kNone; own == kNone) {
      inner_variables = variables_of(inner, std::move(inner_variables));
    } else if (tree_.is(own, Kind::array)) {
      for (Ref file = tree_[own].first; file != kNone; file = tree_[file].next) {
        add_variables(join_path(directory, tree_.text(file)), inner_variables);
      }
    } else {
      add_variables(join_path(directory, tree_.text(own)), inner_variables);
    }
    including_.insert(including_.end(), entered.begin(), entered.end());
    const Ref included = project(files, inner, inner_variables, depth + 1);
    including_.resize(including_.size() - entered.size());
    if (included != kNone) import_sections(root, included);
  }

  // What is included lies below what includes it.
  void import_sections(Ref root, Ref included) {
    for (const std::string_view section :
         {"services", "volumes", "networks", "secrets", "configs", "models"}) {
      const Ref from = tree_.member(included, section);
      if (!tree_.is(from, Kind::object)) continue;
      const Ref to = tree_.member(root, section);
      if (!tree_.is(to, Kind::object)) {
        const Ref moved = tree_.make(tree_[from], Kind::object);
        tree_[moved].first = tree_[from].first;
        tree_[moved].last = tree_[from].last;
        tree_.append(root, moved);
        continue;
      }
      import_members(from, to, section == "services");
    }
  }

  void import_members(Ref from, Ref to, bool services) {
    std::unordered_map<std::string_view, Ref> own;
    for (Ref child = tree_[to].first; child != kNone; child = tree_[child].next) {
      own.emplace(tree_[child].key, child);
    }
    std::vector<Ref> members;
    for (Ref child = tree_[from].first; child != kNone; child = tree_[child].next) {
      const auto same = own.find(tree_[child].key);
      if (same == own.end()) {
        members.push_back(child);
        continue;
      }
      members.push_back(services ? merge_services(tree_, child, same->second)
                                 : merge_resources(tree_, child, same->second));
      own.erase(same);
    }
    for (Ref child = tree_[to].first; child != kNone; child = tree_[child].next) {
      if (own.contains(tree_[child].key)) members.push_back(child);
    }
    // Linked anew only now: the loops above followed the links.
    std::vector<Ref> unique(std::move(members));
    tree_[to].first = tree_[to].last = kNone;
    for (const Ref member : unique) tree_.append(to, member);
  }

  // ---- extends ---------------------------------------------------------------------------------

  // The services of one file, by name.
  struct Scope {
    enum class State : std::uint8_t { raw, active, done };
    struct Entry {
      Ref service = kNone;
      State state = State::raw;
    };
    Ref services = kNone;
    std::string directory;
    const Variables* variables = nullptr;
    std::unordered_map<std::string, Entry> entries;
  };

  void enter(Scope& scope, Ref services, const std::string& directory, const Variables& variables) {
    scope.services = services;
    scope.directory = directory;
    scope.variables = &variables;
    for (Ref child = tree_[services].first; child != kNone; child = tree_[child].next) {
      scope.entries.insert_or_assign(std::string(tree_[child].key),
                                     Scope::Entry{child, Scope::State::raw});
    }
  }

  void extend_all(Scope& scope) {
    std::vector<Ref> resolved;
    for (Ref child = tree_[scope.services].first; child != kNone; child = tree_[child].next) {
      resolved.push_back(child);
    }
    for (Ref& service : resolved) {
      if (tree_[service].tag != Tag::reset) {
        service = resolve(scope, std::string(tree_[service].key), 0);
      }
    }
    tree_[scope.services].first = tree_[scope.services].last = kNone;
    for (const Ref service : resolved) tree_.append(scope.services, service);
  }

  // The service with what it extends below it.
  // NOLINTNEXTLINE(misc-no-recursion): kDeepestExtends
  Ref resolve(Scope& scope, const std::string& name, int depth) {
    Scope::Entry& entry = scope.entries.at(name);
    const Ref service = entry.service;
    const Ref extends = tree_.member(service, "extends");
    if (entry.state == Scope::State::done || extends == kNone) return service;
    entry.state = Scope::State::active;
    const Ref base = base_of(scope, extends, depth);
    Ref result = service;
    if (base != kNone) {
      const Ref copy = tree_.clone(base);
      if (copy != kNone && tree_.is(copy, Kind::object)) {
        // The name and its place are the service's own.
        Node& node = tree_[copy];
        node.key = tree_[service].key;
        node.key_begin = tree_[service].key_begin;
        node.begin = tree_[service].begin;
        node.end = tree_[service].end;
        node.file = tree_[service].file;
        if (const Ref own = tree_.member(copy, "extends"); own != kNone)
          tree_[own].tag = Tag::reset;
        result = merge_services(tree_, copy, service);
      }
    }
    Scope::Entry& after = scope.entries.at(name);
    after = {result, Scope::State::done};
    return result;
  }

  // NOLINTNEXTLINE(misc-no-recursion): with resolve()
  Ref base_of(Scope& scope, Ref extends, int depth) {
    const auto refuse = [&](ErrorCode code, std::string message) {
      tree_.errors.push_back({code, std::move(message), tree_.locate(extends)});
      return kNone;
    };
    if (depth >= kDeepestExtends) {
      return refuse(ErrorCode::too_large,
                    "extends nests deeper than " + std::to_string(kDeepestExtends) + " levels");
    }
    const bool is_long = tree_.is(extends, Kind::object);
    const Ref service = is_long ? tree_.member(extends, "service") : extends;
    const Ref file = is_long ? tree_.member(extends, "file") : kNone;
    const std::string name(tree_.text(service));
    if (name.empty() || has_hole(name)) {
      return refuse(ErrorCode::malformed, "extends needs the name of a service");
    }
    if (tree_.text(file).empty()) return base_in(scope, name, extends, depth);
    if (beside_ == nullptr) return kNone;
    Scope* other = scope_of(scope, file);
    return other == nullptr ? kNone : base_in(*other, name, extends, depth);
  }

  // NOLINTNEXTLINE(misc-no-recursion): with resolve()
  Ref base_in(Scope& scope, const std::string& name, Ref extends, int depth) {
    const auto found = scope.entries.find(name);
    if (found == scope.entries.end()) {
      tree_.errors.push_back({ErrorCode::malformed,
                              "extends names a service " + quoted(name) + " that does not exist",
                              tree_.locate(extends)});
      return kNone;
    }
    if (found->second.state == Scope::State::active) {
      tree_.errors.push_back({ErrorCode::malformed,
                              "extends of " + quoted(name) + " goes round in a circle",
                              tree_.locate(extends)});
      return kNone;
    }
    return resolve(scope, name, depth + 1);
  }

  // The services of another file, read once.
  Scope* scope_of(const Scope& from, Ref file) {
    const auto directory = out_.directories.find(tree_.source_of(file).get());
    const std::string& start =
        directory == out_.directories.end() ? from.directory : directory->second;
    const std::string key = join_path(start, tree_.text(file));
    if (const auto known = scopes_.find(key); known != scopes_.end()) {
      return known->second->services == kNone ? nullptr : known->second.get();
    }
    auto& scope = *scopes_.emplace(key, std::make_unique<Scope>()).first->second;
    std::string path;
    const SourceRef source = follow("extends.file", file, tree_.text(file), start, path);
    if (!source) return nullptr;
    const Ref root = read(source, directory_part(path), *from.variables);
    const Ref services = root == kNone ? kNone : tree_.member(root, "services");
    if (!tree_.is(services, Kind::object)) {
      tree_.errors.push_back({ErrorCode::malformed,
                              "extends.file " + quoted(path) + " has no services",
                              tree_.locate(file)});
      return nullptr;
    }
    enter(scope, services, directory_part(path), *from.variables);
    return &scope;
  }

  ProjectFiles* beside_;
  const Limits& limits_;
  Tree tree_;
  Project& out_;
  std::size_t followed_ = 0;
  std::vector<std::string> including_;
  std::unordered_map<std::string, std::unique_ptr<Scope>> scopes_;
};

}  // namespace

const std::string& Project::directory_of(NodeId id) const {
  static const std::string kItself;
  const auto found = directories.find(&document().source_of(id));
  return found == directories.end() ? kItself : found->second;
}

Project load_project(std::span<const SourceRef> files, ProjectFiles* beside, const Limits& limits) {
  Project out;
  out.form = ComposeForm::none;
  Loader(beside, limits, out).run(files);
  if (out.documents == 0) out.form = ComposeForm::empty;
  return out;
}

bool is_absolute(std::string_view path) noexcept {
  return path.starts_with('/') || path.starts_with('~') || path.starts_with('\\') ||
         (path.size() > 1 && path[1] == ':');
}

bool is_remote(std::string_view path) noexcept {
  return path.find("://") != std::string_view::npos || path.starts_with("git@") ||
         path.starts_with("github.com/");
}

std::string join_path(std::string_view directory, std::string_view path) {
  if (is_absolute(path)) return std::string(path);
  std::vector<std::string_view> parts;
  for (std::string_view rest : {directory, path}) {
    while (!rest.empty()) {
      const std::size_t slash = std::min(rest.find('/'), rest.size());
      const std::string_view part = rest.substr(0, slash);
      rest.remove_prefix(std::min(slash + 1, rest.size()));
      if (part.empty() || part == ".") continue;
      if (part == ".." && !parts.empty() && parts.back() != "..") {
        parts.pop_back();
      } else {
        parts.push_back(part);
      }
    }
  }
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

}  // namespace kaudit::compose
