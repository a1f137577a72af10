// Frames on the wire: 00 COBS(type, sequence, payload, CRC-32) 00.
//
// COBS (Cheshire and Baker 1999) leaves no zero inside, so a zero always ends a frame. The
// zero in front ends whatever noise came before, so that no frame pays for it.
#pragma once
#include "crc32.h"
#include "wire.h"

namespace ugly {

constexpr uint8_t kMaxPayload = 64;
constexpr uint8_t kMaxRaw = kMaxPayload + 6;   // type, sequence, CRC
constexpr uint8_t kMaxStuffed = kMaxRaw + 1;   // COBS adds one byte to fewer than 254
constexpr uint8_t kMaxWire = kMaxStuffed + 2;  // and a zero on either side

// Writes one frame to `wire` (kMaxWire bytes); its length, or 0 if the payload is too long.
inline uint8_t encodeFrame(uint8_t type, uint8_t sequence, const uint8_t* payload, uint8_t length,
                           uint8_t* wire) {
  if (length > kMaxPayload) return 0;
  uint8_t raw[kMaxRaw];
  raw[0] = type;
  raw[1] = sequence;
  for (uint8_t i = 0; i < length; ++i) raw[2 + i] = payload[i];
  const uint8_t checked = static_cast<uint8_t>(length + 2);
  put32(raw + checked, crc32(raw, checked));
  const uint8_t total = static_cast<uint8_t>(checked + 4);

  uint8_t at = 0;
  wire[at++] = 0;
  uint8_t codeAt = at++;
  for (uint8_t i = 0; i < total; ++i) {
    if (raw[i] == 0) {
      wire[codeAt] = static_cast<uint8_t>(at - codeAt);
      codeAt = at++;
    } else {
      wire[at++] = raw[i];
    }
  }
  wire[codeAt] = static_cast<uint8_t>(at - codeAt);
  wire[at++] = 0;
  return at;
}

// Takes bytes one by one and finds the whole, undamaged frames among them.
class FrameReader {
 public:
  // True when this byte completes a good frame, whose parts can then be read.
  bool feed(uint8_t byte) {
    if (byte != 0) {
      if (fill_ < kMaxStuffed) {
        buffer_[fill_++] = byte;
      } else {
        tooLong_ = true;
      }
      return false;
    }
    const uint8_t stuffed = fill_;
    const bool tooLong = tooLong_;
    fill_ = 0;
    tooLong_ = false;
    if (stuffed == 0) return false;  // two zeros in a row: nothing between them
    if (!tooLong && unstuff(stuffed)) return true;
    ++errors_;
    return false;
  }

  uint8_t type() const { return buffer_[0]; }
  uint8_t sequence() const { return buffer_[1]; }
  const uint8_t* payload() const { return buffer_ + 2; }
  uint8_t length() const { return length_; }
  uint16_t errors() const { return errors_; }  // damaged frames so far, modulo 65536

 private:
  // Decodes in place: what is written never overtakes what is read.
  bool unstuff(uint8_t stuffed) {
    uint8_t to = 0;
    uint8_t from = 0;
    while (from < stuffed) {
      const uint8_t code = buffer_[from++];
      if (code > stuffed - from + 1) return false;
      for (uint8_t i = 1; i < code; ++i) buffer_[to++] = buffer_[from++];
      if (from < stuffed) buffer_[to++] = 0;
    }
    if (to < 6) return false;
    const uint8_t checked = static_cast<uint8_t>(to - 4);
    if (crc32(buffer_, checked) != get32(buffer_ + checked)) return false;
    length_ = static_cast<uint8_t>(checked - 2);
    return true;
  }

  uint8_t buffer_[kMaxStuffed] = {};
  uint8_t fill_ = 0;
  uint8_t length_ = 0;
  uint16_t errors_ = 0;
  bool tooLong_ = false;
};

}  // namespace ugly
