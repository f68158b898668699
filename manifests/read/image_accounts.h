// Accounts of an image: what is wrong with its etc/passwd and etc/shadow. Private to the reader of
// images.
//
// Thread-safety: pure functions. Time: linear in the text.
#pragma once

#include <string_view>
#include <vector>

#include "manifests/image.h"

namespace kaudit::read {

// passwd(5), shadow(5). Names are cut to 64 bytes; at most 100 accounts are given for a file.
void read_passwd(std::string_view text, std::vector<LayerAccount>& out);
void read_shadow(std::string_view text, std::vector<LayerAccount>& out);

}  // namespace kaudit::read
