#include "core/secret_file.h"

#include <gtest/gtest.h>

namespace kaudit {
namespace {

TEST(SecretFile, TellsByTheName) {
  struct Case {
    std::string_view path, kind;
  };
  for (const Case& c :
       std::initializer_list<Case>{{".env", "environment variables"},
                                   {"app/.ENV", "environment variables"},
                                   {".env.production", "environment variables"},
                                   {"prod.env", "environment variables"},
                                   {"keys/id_rsa", "a private key"},
                                   {"id_ed25519", "a private key"},
                                   {"server.key", "a private key"},
                                   {"tls/server.pem", "a private key"},
                                   {"store.p12", "a key store"},
                                   {".npmrc", "a token of a package registry"},
                                   {".netrc", "credentials of servers"},
                                   {".git", "the history of the repository"},
                                   {".git/", "the history of the repository"},
                                   {"deploy/kubeconfig", "credentials of a cluster"},
                                   {"home/.kube/config", "credentials of a cluster"},
                                   {".aws/credentials", "credentials"},
                                   {".aws", "credentials of AWS"},
                                   {".docker/config.json", "credentials of a registry"},
                                   {"x/.docker/config.json", "credentials of a registry"},
                                   {"prod.tfvars", "secrets"},
                                   {".env.example", ""},
                                   {".env.sample", ""},
                                   {"env", ""},
                                   {"environment.ts", ""},
                                   {"id_rsa.pub", ""},
                                   {"ca.pem", ""},
                                   {"ca-bundle.pem", ""},
                                   {"fullchain.pem", ""},
                                   {"cert.pem", ""},
                                   {"server-cert.pem", ""},
                                   {"dhparam.pem", ""},
                                   {"public.key", ""},
                                   {".key", ""},
                                   {"config.json", ""},
                                   {"docker/config.json", ""},
                                   {".gitignore", ""},
                                   {"monkey", ""},
                                   {"credentials.go", ""},
                                   {"", ""},
                                   {"/", ""}}) {
    EXPECT_EQ(secret_file_kind(c.path), c.kind) << c.path;
  }
}

}  // namespace
}  // namespace kaudit
