// One knob: noisy readings in, a quiet value out. Whole numbers only.
#pragma once
#include <stdint.h>

namespace ugly {

constexpr uint16_t kFullTurn = 1023;

// Smooths (more when the knob rests than when it turns), then holds still inside a backlash:
// one count on the way the knob was going, four to turn back. So a resting knob is quiet, a
// slow turn never jumps backwards, and a turned knob still ends on its true value. Both ends
// are caught exactly and let go later than they are caught, so that a knob left beside its
// end does not chatter.
class Knob {
 public:
  // `sum` of four readings, 0..4092. True when the value changed.
  bool feed(uint16_t sum) {
    const int32_t target = static_cast<int32_t>(sum) * 16;  // 64 steps a count
    if (!started_) {
      started_ = true;
      smooth_ = target;
      value_ = caught(rounded());
      return false;
    }
    const int32_t gap = target - smooth_;
    const bool turning = gap > kTurning || gap < -kTurning;
    smooth_ += gap / (turning ? 2 : 4);
    return settle(caught(rounded()));
  }

  uint16_t value() const { return value_; }

 private:
  static constexpr int32_t kTurning = 8 * 64;
  static constexpr uint16_t kCatch = 3;
  static constexpr uint16_t kLetGo = 7;
  static constexpr uint16_t kOnward = 1;
  static constexpr uint16_t kBack = 4;

  uint16_t rounded() const { return static_cast<uint16_t>((smooth_ + 32) / 64); }

  uint16_t caught(uint16_t reading) const {
    const uint16_t bottom = value_ == 0 && started_ ? kLetGo : kCatch;
    const uint16_t top = value_ == kFullTurn ? kLetGo : kCatch;
    if (reading <= bottom) return reading <= kCatch ? 0 : value_;
    if (reading >= kFullTurn - top) return reading >= kFullTurn - kCatch ? kFullTurn : value_;
    return reading;
  }

  bool settle(uint16_t reading) {
    if (reading == value_) return false;
    const bool up = reading > value_;
    const uint16_t distance = static_cast<uint16_t>(up ? reading - value_ : value_ - reading);
    const bool atEnd = reading == 0 || reading == kFullTurn;
    if (!atEnd && distance < (up == goingUp_ ? kOnward : kBack)) return false;
    goingUp_ = up;
    value_ = reading;
    return true;
  }

  int32_t smooth_ = 0;
  uint16_t value_ = 0;
  bool goingUp_ = true;
  bool started_ = false;
};

}  // namespace ugly
