// Put together of what other rules found and of the exposure of the object: core/exposure/chains.h.
// Reads nothing itself.
#include "core/rule.h"

namespace kaudit {
namespace {

constexpr std::string_view kReferences[] = {
    "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
    "https://docs.docker.com/build/building/secrets/"};

}  // namespace

extern constinit const Rule rule_exposed_secret_in_image = checked({
    .id = "KA9003",
    .slug = "exposed-secret-in-image",
    .title = "Exposed, and its image holds a secret",
    .rationale =
        "A secret in a layer is with everyone who can pull the image; where its program is "
        "reached from outside too, whoever breaks in finds it in the file system and uses it "
        "against the next service.",
    .remediation =
        "Take the secret out of the image, mount it when the container starts, and replace "
        "it: it is known.",
    .severity = Severity::critical,
    .surfaces = {Surface::dockerfile, Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(FROM registry.example/base:1.4.2
LABEL kaudit.dev/exposure=internet
# expect-next: exposed-secret-in-image
ENV DB_PASSWORD=s3cr3t-f0r-tests
)",
    .good = R"(FROM registry.example/base:1.4.2
LABEL kaudit.dev/exposure=internet
ENV DB_PASSWORD_FILE=/run/secrets/db
)",
    .checks = {},
    .of_run = true,
});

}  // namespace kaudit
