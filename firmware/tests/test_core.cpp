// The whole panel on a board made of arrays.
#include <doctest/doctest.h>

#include <deque>
#include <vector>

#include "../panel/src/core.h"
#include "golden.h"

using namespace ugly;
using golden::Bytes;

namespace {

struct Frame {
  uint8_t type;
  Bytes payload;
};

struct FakeBoard {
  static constexpr uint8_t kId = 9;
  static constexpr uint8_t kKnobs = 3;
  static constexpr uint8_t kButtons = 4;

  uint32_t ms = 1000;
  bool watchdogged = false;
  uint16_t knob[kKnobs] = {0, 512, 1023};
  bool closed[kButtons] = {};
  bool lamp[kButtons] = {};
  Bytes eeprom = Bytes(64, 0xFF);
  std::deque<uint8_t> fromHost;
  FrameReader reader;
  std::vector<Frame> said;

  uint8_t resetCause() const { return watchdogged ? 8 : 1; }
  bool powerOn() const { return !watchdogged; }
  uint32_t nowMs() const { return ms; }
  uint16_t readKnob(uint8_t i) const { return static_cast<uint16_t>(4 * knob[i]); }
  bool buttonClosed(uint8_t i) const { return closed[i]; }
  void setLamp(uint8_t i, bool on) { lamp[i] = on; }
  int hostByte() {
    if (fromHost.empty()) return -1;
    const uint8_t byte = fromHost.front();
    fromHost.pop_front();
    return byte;
  }
  void write(const uint8_t* bytes, uint8_t count) {
    for (uint8_t i = 0; i < count; ++i) {
      if (reader.feed(bytes[i])) {
        said.push_back(
            {reader.type(), Bytes(reader.payload(), reader.payload() + reader.length())});
      }
    }
  }
  uint8_t readEeprom(uint8_t at) const { return eeprom[at]; }
  void writeEeprom(uint8_t at, uint8_t byte) { eeprom[at] = byte; }

  unsigned lit() const {
    unsigned bits = 0;
    for (unsigned i = 0; i < kButtons; ++i) bits |= lamp[i] ? 1u << i : 0;
    return bits;
  }
};

struct Rig {
  FakeBoard board;
  Core<FakeBoard> core{board};

  void run(uint32_t ms) {
    for (const uint32_t end = board.ms + ms; board.ms < end; ++board.ms) core.poll();
  }
  void tell(uint8_t type, const Bytes& payload) {
    uint8_t wire[kMaxWire];
    const uint8_t n =
        encodeFrame(type, 0, payload.data(), static_cast<uint8_t>(payload.size()), wire);
    board.fromHost.insert(board.fromHost.end(), wire, wire + n);
    core.poll();
  }
  std::vector<Frame> of(uint8_t type) const {
    std::vector<Frame> out;
    for (const auto& frame : board.said) {
      if (frame.type == type) out.push_back(frame);
    }
    return out;
  }
};

}  // namespace

TEST_CASE("it begins by saying who it is and how things stand") {
  Rig rig;
  rig.core.begin();
  REQUIRE(rig.board.said.size() == 2);
  CHECK(rig.board.said[0].type == kIdentity);
  CHECK(rig.board.said[0].payload == Bytes{1, 1, 1, 9, 3, 4, 1, 0, 0, 0, 0, 0});
  CHECK(rig.board.said[1].type == kState);
  CHECK(rig.board.said[1].payload ==
        Bytes{0xE8, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0xFF, 3});
}

TEST_CASE("at rest it says its state twice a second and nothing else") {
  Rig rig;
  rig.core.begin();
  rig.board.said.clear();
  rig.run(10001);
  CHECK(rig.of(kState).size() == 20);
  CHECK(rig.board.said.size() == 20);
}

TEST_CASE("a turned knob and a pressed button are told at once") {
  Rig rig;
  rig.core.begin();
  rig.board.said.clear();
  rig.board.knob[1] = 700;
  rig.run(3);
  REQUIRE(rig.of(kKnob).size() == 1);
  CHECK(rig.of(kKnob)[0].payload[0] == 1);
  rig.run(100);
  CHECK(get16(rig.of(kKnob).back().payload.data() + 1) == 700);
  rig.board.closed[3] = true;
  rig.run(2);
  REQUIRE(rig.of(kButton).size() == 1);
  CHECK(rig.of(kButton)[0].payload == Bytes{3, 1, 1});
  rig.run(50);
  rig.board.closed[3] = false;
  rig.run(2);
  CHECK(rig.of(kButton)[1].payload == Bytes{3, 0, 1});
}

TEST_CASE("lamps do as told, blink, and go dark three seconds after the host's last word") {
  Rig rig;
  rig.core.begin();
  rig.tell(kLamps, {0x05, 0, 0x02, 0});
  bool steady = true;
  bool on = false;
  bool off = false;
  for (int i = 0; i < 2900; ++i) {
    rig.run(1);
    steady = steady && rig.board.lamp[0] && rig.board.lamp[2] && !rig.board.lamp[3];
    (rig.board.lamp[1] ? on : off) = true;
  }
  CHECK(steady);
  CHECK(on);
  CHECK(off);
  rig.run(110);
  CHECK(rig.board.lit() == 0);
  rig.tell(kLamps, {0x08, 0, 0, 0});
  CHECK(rig.board.lit() == 8);
}

TEST_CASE("any word of the host keeps the lamps lit") {
  Rig rig;
  rig.core.begin();
  rig.tell(kLamps, {0x01, 0, 0, 0});
  for (int i = 0; i < 5; ++i) {
    rig.run(2500);
    rig.tell(kPing, {});
  }
  CHECK(rig.board.lit() == 1);
}

TEST_CASE("questions are answered, strange ones ignored") {
  Rig rig;
  rig.core.begin();
  rig.board.said.clear();
  rig.tell(kPing, {1, 2, 3});
  CHECK(rig.of(kPong)[0].payload == Bytes{1, 2, 3});
  rig.tell(kHello, {1});
  CHECK(rig.of(kIdentity).size() == 1);
  rig.tell(kAsk, {});
  CHECK(rig.of(kState).size() == 2);
  const size_t before = rig.board.said.size();
  rig.tell(0x60, {1});
  rig.tell(kLamps, {1});
  rig.tell(kName, {1, 2});
  CHECK(rig.board.said.size() == before);
  CHECK(rig.board.lit() == 0);
}

TEST_CASE("damage from the host is counted in the state") {
  Rig rig;
  rig.core.begin();
  for (uint8_t byte : Bytes{0x55, 0x66, 0x77, 0x00}) rig.board.fromHost.push_back(byte);
  rig.tell(kAsk, {});
  CHECK(get16(rig.of(kState).back().payload.data() + 4) == 1);
}

TEST_CASE("a serial number is kept over power-off, and an erased one is none") {
  Rig rig;
  rig.core.begin();
  rig.tell(kName, {0xEE, 0xFF, 0xC0, 0});
  CHECK(get32(rig.of(kIdentity).back().payload.data() + 8) == 0xC0FFEE);
  Rig again;
  again.board.eeprom = rig.board.eeprom;
  again.core.begin();
  CHECK(get32(again.of(kIdentity)[0].payload.data() + 8) == 0xC0FFEE);
  again.board.eeprom[1] ^= 1;
  CHECK(readSerialNumber(again.board) == 0);
}

TEST_CASE("a button held at power-up starts the self-test") {
  Rig rig;
  rig.board.closed[0] = true;
  rig.core.begin();
  rig.run(100);
  CHECK(rig.board.lit() == 1);  // the held one's own
  rig.board.closed[0] = false;
  rig.run(50);

  SUBCASE("every lamp lights, one after the other") {
    unsigned seen = 0;
    for (int i = 0; i < 1100; ++i) {
      rig.run(1);
      const unsigned lit = rig.board.lit();
      CHECK((lit & (lit - 1)) == 0);
      seen |= lit;
    }
    CHECK(seen == 15);
  }
  SUBCASE("a pressed button lights its own lamp") {
    rig.board.closed[2] = true;
    rig.run(10);
    CHECK(rig.board.lit() == 4);
  }
  SUBCASE("a turned knob fills the row from one end to the other") {
    rig.board.knob[1] = 1023;
    rig.run(200);
    CHECK(rig.board.lit() == 15);
    rig.board.knob[1] = 500;
    rig.run(200);
    CHECK(rig.board.lit() == 3);
    rig.board.knob[1] = 0;
    rig.run(200);
    CHECK(rig.board.lit() == 0);
  }
  SUBCASE("it ends when the host speaks") {
    rig.tell(kHello, {1});
    rig.run(500);
    CHECK(rig.board.lit() == 0);
    rig.tell(kLamps, {2, 0, 0, 0});
    CHECK(rig.board.lit() == 2);
  }
  SUBCASE("it ends by itself after two minutes") {
    rig.run(121000);
    CHECK(rig.board.lit() == 0);
  }
}

TEST_CASE("a button held while the panel starts is down, but that is no press") {
  Rig rig;
  rig.board.closed[2] = true;
  rig.core.begin();
  CHECK(get16(rig.of(kState)[0].payload.data() + 6) == 4);
  rig.run(100);
  CHECK(rig.of(kButton).empty());
  rig.board.closed[2] = false;
  rig.run(5);
  REQUIRE(rig.of(kButton).size() == 1);
  CHECK(rig.of(kButton)[0].payload == Bytes{2, 0, 0});
}

TEST_CASE("a button held while the watchdog restarts the panel starts no self-test") {
  Rig rig;
  rig.board.watchdogged = true;
  rig.board.closed[0] = true;
  rig.core.begin();
  rig.run(1000);
  CHECK(rig.board.lit() == 0);
}
