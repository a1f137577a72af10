// What the panel does, on any board: the whole of it but the pins, and so tested on the host.
//
// A Board gives kId, kKnobs, kButtons (constants), resetCause(), powerOn(), nowMs(),
// readKnob(i) (the sum of four 10-bit readings), buttonClosed(i), setLamp(i, on),
// hostByte() (-1: none), write(bytes, n), readEeprom(at), writeEeprom(at, byte).
#pragma once
#include "button.h"
#include "frame.h"
#include "knob.h"
#include "lamps.h"
#include "messages.h"
#include "self_test.h"
#include "serial_number.h"

namespace ugly {

template <class Board>
class Core {
 public:
  explicit Core(Board& board) : board_(board) {}

  // Once, at boot: looks at everything, then says who is here and how things stand.
  void begin() {
    serialNumber_ = readSerialNumber(board_);
    for (uint8_t i = 0; i < Board::kKnobs; ++i) knobs_[i].feed(board_.readKnob(i));
    bool held = false;
    for (uint8_t i = 0; i < Board::kButtons; ++i) {
      const bool closed = board_.buttonClosed(i);
      buttons_[i].begin(closed);
      held = held || closed;
    }
    // Not after a watchdog's reset: the visitor who holds a button is no operator.
    if (held && board_.powerOn()) selfTest_.begin(board_.nowMs());
    sendIdentity();
    sendState();
  }

  // For ever: the host, every button, and the next knob in turn.
  void poll() {
    pollHost();
    pollButtons();
    pollOneKnob();
    if (board_.nowMs() - statedMs_ >= kStateEveryMs) sendState();
    showLamps();
  }

 private:
  static constexpr uint8_t kStateBytes = kStateHead + Board::kButtons + 2 * Board::kKnobs;
  static_assert(kStateBytes <= kMaxPayload, "STATE does not fit a frame");
  static_assert(Board::kButtons <= 16, "a bit a button in 16");

  void send(uint8_t type, const uint8_t* payload, uint8_t length) {
    uint8_t wire[kMaxWire];
    const uint8_t bytes = encodeFrame(type, sequence_++, payload, length, wire);
    board_.write(wire, bytes);
  }

  void sendIdentity() {
    uint8_t p[kIdentityBytes] = {kProtocol,     kFirmwareMajor,  kFirmwareMinor,      Board::kId,
                                 Board::kKnobs, Board::kButtons, board_.resetCause(), 0};
    put32(p + 8, serialNumber_);
    send(kIdentity, p, sizeof p);
  }

  void sendState() {
    uint8_t p[kStateBytes];
    statedMs_ = board_.nowMs();
    put32(p, statedMs_);
    put16(p + 4, reader_.errors());
    put16(p + 6, pressed());
    put16(p + 8, lit_);
    for (uint8_t i = 0; i < Board::kButtons; ++i) p[kStateHead + i] = buttons_[i].presses();
    uint8_t* readings = p + kStateHead + Board::kButtons;
    for (uint8_t i = 0; i < Board::kKnobs; ++i) put16(readings + 2 * i, knobs_[i].value());
    send(kState, p, sizeof p);
  }

  uint16_t pressed() const {
    uint16_t bits = 0;
    for (uint8_t i = 0; i < Board::kButtons; ++i) {
      if (buttons_[i].pressed()) bits = static_cast<uint16_t>(bits | (1u << i));
    }
    return bits;
  }

  void pollHost() {
    for (int byte = board_.hostByte(); byte >= 0; byte = board_.hostByte()) {
      if (reader_.feed(static_cast<uint8_t>(byte))) hear();
    }
  }

  void hear() {
    selfTest_.end();
    lamps_.hostSpoke(board_.nowMs());
    const uint8_t* p = reader_.payload();
    const uint8_t length = reader_.length();
    switch (reader_.type()) {
      case kHello:
        sendIdentity();
        sendState();
        break;
      case kPing:
        send(kPong, p, length);
        break;
      case kLamps:
        if (length != 4) break;
        lamps_.set(get16(p), get16(p + 2));
        showLamps();  // at once, not after the next knob
        break;
      case kAsk:
        sendState();
        break;
      case kName:
        if (length != 4) break;
        keepSerialNumber(board_, get32(p));
        serialNumber_ = readSerialNumber(board_);
        sendIdentity();
        break;
      default:
        break;  // from a newer host
    }
  }

  void pollButtons() {
    const uint32_t now = board_.nowMs();
    for (uint8_t i = 0; i < Board::kButtons; ++i) {
      if (!buttons_[i].feed(board_.buttonClosed(i), static_cast<uint16_t>(now))) continue;
      selfTest_.buttonTouched(now);
      const uint8_t p[3] = {i, static_cast<uint8_t>(buttons_[i].pressed()), buttons_[i].presses()};
      send(kButton, p, sizeof p);
    }
  }

  void pollOneKnob() {
    const uint8_t i = nextKnob_;
    nextKnob_ = static_cast<uint8_t>(i + 1 == Board::kKnobs ? 0 : i + 1);
    if (!knobs_[i].feed(board_.readKnob(i))) return;
    selfTest_.knobTurned(knobs_[i].value(), board_.nowMs());
    uint8_t p[3] = {i, 0, 0};
    put16(p + 1, knobs_[i].value());
    send(kKnob, p, sizeof p);
  }

  void showLamps() {
    const uint32_t now = board_.nowMs();
    const uint16_t hosts = lamps_.shown(now);
    const bool testing = selfTest_.running();
    lit_ = testing ? selfTest_.shown(pressed(), Board::kButtons, now) : hosts;
    for (uint8_t i = 0; i < Board::kButtons; ++i) board_.setLamp(i, (lit_ >> i) & 1);
  }

  Board& board_;
  Knob knobs_[Board::kKnobs];
  Button buttons_[Board::kButtons];
  FrameReader reader_;
  Lamps lamps_;
  SelfTest selfTest_;
  uint32_t serialNumber_ = 0;
  uint32_t statedMs_ = 0;
  uint16_t lit_ = 0;
  uint8_t sequence_ = 0;
  uint8_t nextKnob_ = 0;
};

}  // namespace ugly
