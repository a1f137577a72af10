#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "../panel/src/knob.h"

using ugly::Knob;

namespace {

// A knob on a wire with noise: +-20 mV of 5 V is +-4.1 counts.
struct Wire {
  explicit Wire(double noiseCounts, unsigned seed = 3)
      : noise(-noiseCounts, noiseCounts), chance(seed) {}

  uint16_t sum(double counts) {
    int total = 0;
    for (int i = 0; i < 4; ++i) {
      total += std::min(1023, std::max(0, static_cast<int>(counts + noise(chance) + 0.5)));
    }
    return static_cast<uint16_t>(total);
  }

  std::uniform_real_distribution<double> noise;
  std::mt19937 chance;
};

constexpr double k20mV = 4.1;
constexpr int kScansASecond = 120;  // a Mega's 16 knobs take 8.3 ms

}  // namespace

TEST_CASE("sixteen resting knobs with 20 mV of noise say at most one thing a second") {
  constexpr int kSeconds = 600;
  int reports = 0;
  for (unsigned i = 0; i < 16; ++i) {
    Wire wire(k20mV, i);
    Knob knob;
    const double rest = 1023.0 * i / 15.0 + 0.37;
    for (int scan = 0; scan < kSeconds * kScansASecond; ++scan)
      reports += knob.feed(wire.sum(rest));
  }
  MESSAGE("16 resting knobs: ", reports / static_cast<double>(kSeconds), " reports a second");
  CHECK(reports <= kSeconds);
}

TEST_CASE("a knob left just beside its end does not chatter") {
  for (double rest :
       {2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 1015.0, 1018.5, 1019.5, 1021.0}) {
    CAPTURE(rest);
    Wire wire(k20mV);
    Knob knob;
    int reports = 0;
    for (int scan = 0; scan < 60 * kScansASecond; ++scan) reports += knob.feed(wire.sum(rest));
    CHECK(reports <= 10);
  }
}

TEST_CASE("both ends are reached exactly, with noise too") {
  for (double noise : {0.0, k20mV}) {
    CAPTURE(noise);
    Wire wire(noise);
    Knob knob;
    for (int scan = 0; scan < 60; ++scan) knob.feed(wire.sum(1023));
    CHECK(knob.value() == 1023);
    for (int scan = 0; scan < 60; ++scan) knob.feed(wire.sum(0));
    CHECK(knob.value() == 0);
    for (int scan = 0; scan < 60; ++scan) knob.feed(wire.sum(1023));
    CHECK(knob.value() == 1023);
  }
}

TEST_CASE("a slow turn with noise never jumps backwards") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Wire wire(k20mV, seed);
    Knob knob;
    int last = 0;
    for (double at = 0; at <= 1023; at += 0.25) {
      knob.feed(wire.sum(at));
      REQUIRE(knob.value() >= last);
      last = knob.value();
    }
    for (int scan = 0; scan < 60; ++scan) knob.feed(wire.sum(1023));
    CHECK(knob.value() == 1023);
    last = 1023;
    for (double at = 1023; at >= 0; at -= 0.25) {
      knob.feed(wire.sum(at));
      REQUIRE(knob.value() <= last);
      last = knob.value();
    }
  }
}

TEST_CASE("a turned knob reports at once and ends within a few counts of the truth") {
  for (int from : {0, 200, 511, 1023}) {
    for (int to : {100, 400, 512, 900}) {
      Wire wire(0);
      Knob knob;
      for (int scan = 0; scan < 50; ++scan) knob.feed(wire.sum(from));
      if (std::abs(to - from) >= 16) CHECK(knob.feed(wire.sum(to)));
      for (int scan = 0; scan < 40; ++scan) knob.feed(wire.sum(to));
      CHECK(std::abs(knob.value() - to) <= 2);
    }
  }
}

TEST_CASE("at power-up a knob is where it is, and that is no news") {
  Wire wire(0);
  Knob knob;
  CHECK_FALSE(knob.feed(wire.sum(700)));
  CHECK(knob.value() == 700);
}
