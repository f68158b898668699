// One image of an archive as a Document: its history, and what rules ask of its layers.
//
//   name, platform   how reports call it: `shop/api:1.4`, its id where it has no name
//   names            all of its names
//   created          when it was built, as the config tells
//   told             how many instructions of `history` are no config's own
//   digest, id       of its manifest and its config
//   history          instructions as manifests/read/dockerfile.h has them, `RUN-1`, `COPY-1` …,
//   with
//                    all values as they were; then those that only the config tells; `FROM` where
//                    a label or annotation names the base image
//   layers           [{digest, line, instruction, files}]: `instruction` is a place in `history`
//   files            {PATH: {mode, directory, named, found: [{kind, evidence, grade, line}],
//                    open_accounts, second_root, hidden_by, deleted}}; layers count from 1, and of
//                    two entries of one path the last counts, as where it is unpacked
//
// Its Source is the archive's name and a text with a line for each entry of the history, the oldest
// first, and then one for each instruction of the config's own: what findings point at.
//
// Ownership: the Document keeps nothing of the image. Errors: a config that is no JSON, or over the
// limits; as manifests/load.h.
#pragma once

#include "core/document.h"
#include "core/result.h"
#include "manifests/image.h"

namespace kaudit {

[[nodiscard]] Result<Document> image_document(const ArchivedImage& image, const Limits& limits);

}  // namespace kaudit
