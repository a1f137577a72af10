// The self-test, for an operator without a computer: hold any button while the panel gets its
// power. The lamps then light one after the other; a pressed button lights its own; a turned
// knob fills the row, all dark at its one end and all lit at the other. It ends when the host
// speaks, or after two minutes without a touch.
#pragma once
#include <stdint.h>

namespace ugly {

class SelfTest {
 public:
  void begin(uint32_t nowMs) {
    running_ = true;
    beganMs_ = touchedMs_ = nowMs;
    knobMs_ = nowMs - kShowKnobMs;
  }

  void end() { running_ = false; }
  bool running() const { return running_; }
  void buttonTouched(uint32_t nowMs) { touchedMs_ = nowMs; }

  void knobTurned(uint16_t reading, uint32_t nowMs) {
    reading_ = reading;
    touchedMs_ = knobMs_ = nowMs;
  }

  // Which of `count` lamps are on, a bit each; `pressed` are the buttons held.
  uint16_t shown(uint16_t pressed, uint8_t count, uint32_t nowMs) {
    if (nowMs - touchedMs_ >= kLeaveMs) running_ = false;
    if (!running_) return 0;
    if (pressed) return pressed;
    if (nowMs - knobMs_ < kShowKnobMs) return row(count);
    const uint32_t step = (nowMs - beganMs_) / kStepMs;
    return static_cast<uint16_t>(1u << (step % count));
  }

 private:
  static constexpr uint32_t kLeaveMs = 120000;
  static constexpr uint32_t kShowKnobMs = 2000;
  static constexpr uint32_t kStepMs = 250;

  uint16_t row(uint8_t count) const {
    // From 0 at one end to `count` at the other, in equal steps between.
    const uint16_t lit =
        static_cast<uint16_t>((static_cast<uint32_t>(reading_) * count + 511) / 1023);
    return static_cast<uint16_t>((1ul << lit) - 1);
  }

  uint32_t beganMs_ = 0;
  uint32_t touchedMs_ = 0;
  uint32_t knobMs_ = 0;
  uint16_t reading_ = 0;
  bool running_ = false;
};

}  // namespace ugly
