// `dockerfile_inline` of a Compose service: a Dockerfile in the Compose file.
//
// Pure. The Source that is given has the Compose file's name and places, and shares nothing with
// it.
#pragma once

#include <memory>

#include "core/document.h"
#include "core/result.h"

namespace kaudit {

// `text`: the value, after Compose has replaced variables. Errors (the message is the reason
// alone): it is not written as a literal block (`|`), or holds Compose's variables, so that its
// lines are not those of the file. `$$`, which Compose makes `$`, is none.
[[nodiscard]] Result<std::shared_ptr<const Source>> inline_dockerfile(const Document& document,
                                                                      NodeId text);

}  // namespace kaudit
