// From the files of an archive to its images. Private to the reader of images.
#pragma once

#include "manifests/image.h"
#include "manifests/read/image_blobs.h"

namespace kaudit::read {

// `manifest.json` of docker save or skopeo, `index.json` of OCI, or both of the same images, each
// image once. An archive without any is an error, unless it was not read to its end (`whole`),
// which is one already. Errors have no place yet.
void resolve_images(ImageBlobs& blobs, const ImageLimits& limits, bool whole,
                    ImageVisitor& visitor);

}  // namespace kaudit::read
