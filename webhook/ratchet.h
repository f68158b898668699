// What an UPDATE adds: an object that broke a rule before may still be labelled, scaled, mended in
// part and deleted.
//
// Thread-safety: pure functions. Time: linear in the findings and the depth of their places.
#pragma once

#include <vector>

#include "core/engine.h"

namespace kaudit {

// Takes out of `findings` those that the old object had as well. Two are the same violation when
// the rule, the container (by name and kind of container) and the field are; a changed value
// changes nothing. Items of lists are told apart by what names them (a volume by its name, a port
// by its number, a capability by itself), never by their order: one more is a new violation.
// A finding which an exemption covered before counts as new once none covers it, and so does each
// of a rule that has kMostAlike findings or more: beyond these the engine only counts.
// Both are of `document`, below the objects at `old_object` and `object`.
void keep_added(const Document& document, NodeId old_object, const std::vector<Finding>& old,
                NodeId object, std::vector<Finding>& findings);

}  // namespace kaudit
