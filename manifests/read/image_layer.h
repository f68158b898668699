// One layer's tar, reduced to what rules ask about. Private to the reader of images.
//
// Ownership: keeps nothing of the stream. Thread-safety: one thread.
#pragma once

#include <vector>

#include "manifests/read/image_stream.h"

namespace kaudit::read {

// Reads to the tar's end, or up to the first error, which is added to `problems` as are entries
// that were left out. Does not set digest, diff_id, bytes and unpacked.
void read_layer(ByteStream& tar, ImageBudget& budget, ImageLayer& layer,
                std::vector<Error>& problems);

}  // namespace kaudit::read
