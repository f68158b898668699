#include "core/image_life.h"

#include <gtest/gtest.h>

#include "core/official_image.h"

namespace kaudit {
namespace {

// "Node.js 16 2023-09-11, Debian 10 (buster) 2024-06-30 -> node:24-bookworm"
std::string told(std::string_view image, Day today) {
  const ImageRef ref = split_image(image);
  const ImageLife life = image_life(ref, today);
  if (!life.ended()) return "";
  std::string out;
  for (std::size_t n = 0; n < life.count; ++n) {
    const EndedPart& part = life.parts[n];
    if (n > 0) out += ", ";
    (out.append(part.product) += ' ').append(part.version);
    if (!part.codename.empty()) out.append(" (").append(part.codename) += ')';
    out += part.older ? " before " : " ";
    out += to_text(part.end);
    EXPECT_TRUE(part.source.starts_with("https://")) << image;
  }
  if (life.retired != kNoDay) {
    if (!out.empty()) out += ", ";
    out += "retired " + to_text(life.retired);
    EXPECT_TRUE(life.source.starts_with("https://")) << image;
  }
  return out + " -> " + supported_image(image, ref, today);
}

TEST(ImageLife, IsToldByNameAndTag) {
  struct Case {
    std::string_view image, expect;
  };
  const Day today = *parse_day("2026-11-22");
  for (const Case& c : {
           Case{"node:16-buster",
                "Node.js 16 2023-09-11, Debian 10 (buster) 2024-06-30 -> node:24-bookworm"},
           Case{"node:16.20.2-bookworm-slim", "Node.js 16 2023-09-11 -> node:24-bookworm-slim"},
           Case{"node:gallium-alpine", "Node.js 16 2023-09-11 -> node:krypton-alpine"},
           Case{"node:v16", "Node.js 16 2023-09-11 -> node:v24"},
           Case{"node:16-alpine3.17",
                "Node.js 16 2023-09-11, Alpine 3.17 2024-11-22 -> node:24-alpine3.24"},
           Case{"node:0.12", "Node.js 0.12 before 2018-04-30 -> node:24"},
           Case{"node:24", ""},
           Case{"node:22-buster", "Debian 10 (buster) 2024-06-30 -> node:22-bookworm"},
           Case{"node:buster", "Debian 10 (buster) 2024-06-30 -> node:bookworm"},
           Case{"python:3.13.3-slim-buster",
                "Debian 10 (buster) 2024-06-30 -> python:3.13-slim-bookworm"},
           Case{"python:3.1", ""},
           Case{"python:3.9rc1", "Python 3.9 2025-10-31 -> python:3.12"},
           Case{"python:3.10", "Python 3.10 2026-10-31 -> python:3.12"},
           Case{"python:3", ""},
           Case{"python:2", "Python 2 2020-01-01 -> python:3.12"},
           Case{"postgres:9.4.26-alpine", "PostgreSQL 9.4 2020-02-13 -> postgres:16-alpine"},
           Case{"postgres:9-alpine", "PostgreSQL 9 2021-11-11 -> postgres:16-alpine"},
           Case{"postgres:10", "PostgreSQL 10 2022-11-10 -> postgres:16"},
           Case{"postgres:100", ""},
           Case{"httpd:00000000--.",
                "the Apache HTTP Server 00000000 before 2018-01-01 -> httpd:VERSION"},
           Case{"httpd:00000001",
                "the Apache HTTP Server 00000001 before 2018-01-01 -> httpd:VERSION"},
           Case{"debian:buster-20210816-slim",
                "Debian 10 (buster) 2024-06-30 -> debian:bookworm-slim"},
           Case{"debian:10.13", "Debian 10 (buster) 2024-06-30 -> debian:12"},
           Case{"debian:bullseye", "Debian 11 (bullseye) 2026-08-31 -> debian:bookworm"},
           Case{"debian:oldstable", ""},
           Case{"ubuntu:20.04", "Ubuntu 20.04 (focal) 2025-05-31 -> ubuntu:24.04"},
           Case{"ubuntu:22.04", ""},
           Case{"amazonlinux:2018.03.0.20220315.0",
                "Amazon Linux 2018 2023-12-31 -> amazonlinux:2023"},
           Case{"mcr.microsoft.com/dotnet/sdk:6.0-bullseye-slim",
                ".NET 6.0 2024-11-12, Debian 11 (bullseye) 2026-08-31 -> "
                "mcr.microsoft.com/dotnet/sdk:10.0"},
           Case{"mcr.microsoft.com/dotnet/sdk:6.0.400",
                ".NET 6.0 2024-11-12 -> "
                "mcr.microsoft.com/dotnet/sdk:10.0"},
           Case{"mcr.microsoft.com/other:6.0", ""},
           Case{"eclipse-temurin:24.0.2_12-jre", "Temurin 24 2025-09-16 -> eclipse-temurin:25-jre"},
           Case{"eclipse-temurin:8u312-b07-jre", ""},
           Case{"traefik:v1.7", "Traefik 1 2021-12-31 -> traefik:v3"},
           Case{"elasticsearch:6.8.23", "the Elastic Stack 6 2022-02-10 -> elasticsearch:9.X.Y"},
           Case{"docker.io/library/openjdk:17-slim",
                "retired 2022-04-27 -> eclipse-temurin:VERSION"},
           Case{"centos", "retired 2024-06-30 -> almalinux:VERSION"},
           Case{"centos:7", "CentOS 7 2024-06-30, retired 2024-06-30 -> almalinux:VERSION"},
           Case{"quay.io/centos/centos:stream8",
                "CentOS Stream 8 2024-05-31 -> quay.io/centos/centos:stream10"},
           Case{"quay.io/centos/centos:stream9", ""},
           Case{"quay.io/centos/centos:7", "CentOS 7 2024-06-30 -> quay.io/centos/centos:stream10"},
           Case{"haskell:8-buster", "Debian 10 (buster) 2024-06-30 -> haskell:8-bookworm"},
           Case{"acme/haskell:8-buster", ""},
           Case{"reg.example/node:16", ""},
           Case{"reg.example/hub/library/node:16",
                "Node.js 16 2023-09-11 -> reg.example/hub/library/node:24"},
           Case{"node:16-buster@sha256:00",
                "Node.js 16 2023-09-11, Debian 10 (buster) 2024-06-30 -> node:24-bookworm"},
           Case{"node", ""},
           Case{"node:", ""},
           Case{"node:-buster-", "Debian 10 (buster) 2024-06-30 -> node:bookworm"},
           Case{"node:99999999999999999999999999", ""},
           Case{"node:....", ""},
           Case{"", ""},
       }) {
    EXPECT_EQ(told(c.image, today), c.expect) << c.image;
  }
}

TEST(ImageLife, DependsOnTheDay) {
  EXPECT_EQ(told("node:24", *parse_day("2028-04-30")), "");
  EXPECT_EQ(told("node:24", *parse_day("2028-05-01")), "Node.js 24 2028-04-30 -> node:26");
  EXPECT_EQ(told("node:26", *parse_day("2040-01-01")), "Node.js 26 2029-04-30 -> node:VERSION");
  EXPECT_EQ(told("node:16", *parse_day("2023-01-01")), "");
  EXPECT_EQ(told("openjdk:8", *parse_day("2022-04-26")), "");
  // Nobody says what day it is: that of the table.
  EXPECT_EQ(told("node:16", kNoDay), told("node:16", image_table_day()));
  EXPECT_EQ(told("node:24", kNoDay), "");
}

TEST(OfficialImage, IsToldFromImagesOfOthers) {
  struct Case {
    std::string_view image, expect;
  };
  for (const Case& c :
       {Case{"node", "node"}, Case{"library/node:1", "node"}, Case{"docker.io/node", "node"},
        Case{"index.docker.io/library/node", "node"},
        Case{"registry.hub.docker.com/library/node", "node"},
        Case{"public.ecr.aws/docker/library/node:1", "node"}, Case{"reg.example/node", ""},
        Case{"acme/node", ""}, Case{"arm64v8/node:1", "node"},
        Case{"reg.example/arm64v8/node:1", ""}, Case{"reg.example/mylibrary/node", ""},
        Case{"", ""}}) {
    EXPECT_EQ(official_name(split_image(c.image)), c.expect) << c.image;
  }
}

}  // namespace
}  // namespace kaudit
