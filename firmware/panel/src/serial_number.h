// The panel's serial number, kept in EEPROM with a CRC: many USB bridges have none. The CRC is
// kept inverted, since that of an erased EEPROM, all FF, would be right.
#pragma once
#include "crc32.h"
#include "wire.h"

namespace ugly {

constexpr uint8_t kSerialNumberBytes =
    8;  // u32 number, u32 inverted CRC, at the EEPROM's beginning

// The number, or 0 if none was ever kept (an erased EEPROM is all FF).
template <class Board>
uint32_t readSerialNumber(Board& board) {
  uint8_t kept[kSerialNumberBytes];
  for (uint8_t i = 0; i < kSerialNumberBytes; ++i) kept[i] = board.readEeprom(i);
  return ~crc32(kept, 4) == get32(kept + 4) ? get32(kept) : 0;
}

template <class Board>
void keepSerialNumber(Board& board, uint32_t number) {
  uint8_t kept[kSerialNumberBytes];
  put32(kept, number);
  put32(kept + 4, ~crc32(kept, 4));
  for (uint8_t i = 0; i < kSerialNumberBytes; ++i) board.writeEeprom(i, kept[i]);
}

}  // namespace ugly
