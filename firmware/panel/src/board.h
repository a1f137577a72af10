// This board: an Arduino Mega 2560 or Uno, as Core wants it.
#pragma once
#include <Arduino.h>

#include "pins.h"

namespace ugly {

class Board {
 public:
  static constexpr uint8_t kId = ugly::kBoardId;
  static constexpr uint8_t kKnobs = ugly::kKnobs;
  static constexpr uint8_t kButtons = ugly::kButtons;
  // 250000 divides 16 MHz without rest; 115200 would be 2.1 % off.
  static constexpr uint32_t kBaud = 250000;

  void begin();
  void feedWatchdog();

  uint8_t resetCause() const;  // MCUSR's flags; 0 when the bootloader swallowed them
  bool powerOn() const;        // started by power or a reset button, not by the watchdog
  uint32_t nowMs() const { return millis(); }
  uint16_t readKnob(uint8_t i);
  bool buttonClosed(uint8_t i) const { return digitalRead(kButtonPins[i]) == LOW; }
  void setLamp(uint8_t i, bool on) { digitalWrite(kLampPins[i], on ? HIGH : LOW); }
  int hostByte() { return Serial.read(); }
  void write(const uint8_t* bytes, uint8_t count) { Serial.write(bytes, count); }
  uint8_t readEeprom(uint8_t at);
  void writeEeprom(uint8_t at, uint8_t byte);
};

}  // namespace ugly
