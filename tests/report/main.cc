// Writes every sample in every format into a folder: NAME.FORMAT, for validate.py.
#include <fstream>
#include <iostream>
#include <string>

#include "tests/report/samples.h"

int main(int argc, char** argv) {
  using namespace kaudit;
  if (argc != 2) {
    std::cerr << "usage: kaudit_report_samples FOLDER\n";
    return 2;
  }
  std::vector<testing::Sample> samples = {testing::shop_sample(), testing::ranked_sample(),
                                          testing::empty_sample(), testing::exempted_sample(),
                                          testing::hostile_sample()};
  for (unsigned seed = 0; seed < 60; ++seed) {
    samples.push_back(testing::random_sample(seed));
    samples.back().name += std::to_string(seed);
  }
  for (const testing::Sample& sample : samples) {
    for (const Format format : testing::kFormats) {
      std::ofstream out(
          std::string(argv[1]) + "/" + sample.name + "." + std::string(name_of(format)),
          std::ios::binary);
      out << testing::render(format, sample);
      if (!out.flush()) {
        std::cerr << "cannot write into " << argv[1] << "\n";
        return 2;
      }
    }
  }
  return 0;
}
