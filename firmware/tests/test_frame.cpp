#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "../panel/src/frame.h"
#include "golden.h"

using namespace ugly;
using golden::Bytes;

static Bytes encoded(uint8_t type, uint8_t sequence, const Bytes& payload) {
  uint8_t wire[kMaxWire];
  const uint8_t n =
      encodeFrame(type, sequence, payload.data(), static_cast<uint8_t>(payload.size()), wire);
  return Bytes(wire, wire + n);
}

TEST_CASE("crc32 gives the standard's check value") {
  CHECK(crc32(reinterpret_cast<const uint8_t*>("123456789"), 9) == 0xCBF43926ul);
}

TEST_CASE("golden frames are written and read, byte for byte") {
  const auto lines = golden::lines("frames.txt");
  REQUIRE(lines.size() > 10);
  for (const auto& line : lines) {
    CAPTURE(line[0]);
    const uint8_t type = golden::bytes(line[1])[0];
    const uint8_t sequence = golden::bytes(line[2])[0];
    const Bytes payload = golden::bytes(line[3]);
    const Bytes wire = golden::bytes(line[4]);
    CHECK(encoded(type, sequence, payload) == wire);
    FrameReader reader;
    int frames = 0;
    for (uint8_t byte : wire) frames += reader.feed(byte);
    REQUIRE(frames == 1);
    CHECK(reader.type() == type);
    CHECK(reader.sequence() == sequence);
    CHECK(Bytes(reader.payload(), reader.payload() + reader.length()) == payload);
  }
}

TEST_CASE("golden streams: damage is counted, the frames around it are read") {
  const auto lines = golden::lines("streams.txt");
  REQUIRE(lines.size() > 10);
  for (const auto& line : lines) {
    CAPTURE(line[0]);
    FrameReader reader;
    int frames = 0;
    for (uint8_t byte : golden::bytes(line[3])) frames += reader.feed(byte);
    CHECK(frames == std::stoi(line[1]));
    CHECK(reader.errors() == std::stoi(line[2]));
  }
}

TEST_CASE("every length of payload survives the wire") {
  std::mt19937 chance(1);
  for (size_t n = 0; n <= kMaxPayload; ++n) {
    for (int round = 0; round < 20; ++round) {
      Bytes payload(n);
      for (auto& byte : payload) byte = static_cast<uint8_t>(chance() % 3 ? chance() : 0);
      FrameReader reader;
      int frames = 0;
      for (uint8_t byte : encoded(7, 9, payload)) frames += reader.feed(byte);
      REQUIRE(frames == 1);
      REQUIRE(Bytes(reader.payload(), reader.payload() + reader.length()) == payload);
    }
  }
}

TEST_CASE("a payload too long is refused") {
  uint8_t payload[kMaxPayload + 1] = {};
  uint8_t wire[kMaxWire];
  CHECK(encodeFrame(1, 1, payload, sizeof payload, wire) == 0);
}

TEST_CASE("any flipped bit is refused") {
  const Bytes good = encoded(1, 2, {1, 0, 2, 0, 0, 3});
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes wire = good;
    wire[bit / 8] = static_cast<uint8_t>(wire[bit / 8] ^ (1u << (bit % 8)));
    FrameReader reader;
    int frames = 0;
    for (uint8_t byte : wire) frames += reader.feed(byte);
    // A flip in the first zero is only noise before the frame; one in the last ends nothing.
    if (bit >= 8) CHECK(frames == 0);
  }
}

TEST_CASE("random bytes overrun nothing and look like no frame") {
  std::mt19937 chance(2);
  FrameReader reader;
  int frames = 0;
  for (int i = 0; i < 2000000; ++i) frames += reader.feed(static_cast<uint8_t>(chance()));
  CHECK(frames == 0);
  CHECK(reader.errors() > 0);
}
