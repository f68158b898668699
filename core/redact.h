// Keeps secrets out of findings: knows where those of a document stand, so that neither the line
// that a report shows nor a message quotes one, whatever the rule.
//
// Ownership: views into the document it learned, which must live until forget() or the next one.
// Thread-safety: one thread. Time: linear in the document, once, when it has a first finding.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/document.h"

namespace kaudit {

// What has a telling shape, in a name or a path.
void redact_shapes(std::string& text);

class Redactor {
 public:
  // Learns where the secrets stand; does nothing for the document that it knows already.
  void learn(const Document& document);
  // Only those below an object of Kubernetes, for who shows nothing else of the document, and no
  // line of it. What the API server notes of fields (managedFields) holds names, no values.
  void learn(const Document& document, NodeId object);
  // This value is secret too, though neither its name nor its shape says so.
  void add(NodeId id);

  // Where a value stands in a line: columns of the source (from 1), or characters of the text that
  // is shown (from 0). The end is one past the last.
  struct Span {
    std::uint32_t begin = 0, end = 0;
  };
  // The excerpt's text without secrets, which is seldom as long. `value`: where it stands in the
  // source; afterwards, where in the text.
  // `source`: the file of the document that the line is in.
  [[nodiscard]] std::string line(const Source& source, std::uint32_t number,
                                 const Source::Excerpt& excerpt, Span& value);
  // A message or a fix: what it quotes of the document's secrets, and what has a telling shape.
  void text(std::string& text) const;
  // A name or a path, in which only shapes tell.
  void name(std::string& text) const;

 private:
  struct Range {
    const Source* source;
    Place begin, end;
  };

  void forget();
  void learn_value(NodeId id);
  void learn_object(NodeId id);
  void learn_list(NodeId id);
  void learn_shape(NodeId id);
  [[nodiscard]] static bool comes_before(const Range& a, const Range& b) noexcept;
  [[nodiscard]] Range range_of(NodeId id) const noexcept;
  void insert(NodeId id);
  void sort();

  const Document* document_ = nullptr;
  std::uint64_t serial_ = 0;
  NodeId object_ = kNoNode;  // kNoNode: all of the document is known
  bool clean_ = true;        // no secret anywhere: nothing has to be looked at again
  bool sorted_ = true;
  std::vector<Range> ranges_;   // scalars: they do not overlap unless they are the same
  std::vector<NodeId> shaped_;  // scalars with a secret in them that a line shows by itself
  std::unordered_set<std::string_view> values_;  // as far as they are shown
};

}  // namespace kaudit
