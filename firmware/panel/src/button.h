// One button: contact bounce and stray pulses in, presses out.
#pragma once
#include <stdint.h>

namespace ugly {

// A change counts once it was seen twice running, which a stray pulse is not; it is told at
// once, and the contact may then bounce for 20 ms unheard.
class Button {
 public:
  // At boot: a button found held is down, but that is no press.
  void begin(bool closed) { seen_ = pressed_ = closed; }

  // True when the button went down or came up. `nowMs` may wrap around.
  bool feed(bool closed, uint16_t nowMs) {
    if (deaf_ && static_cast<uint16_t>(nowMs - changedMs_) < kDeafMs) {
      seen_ = closed;
      return false;
    }
    deaf_ = false;
    const bool twice = closed == seen_;
    seen_ = closed;
    if (!twice || closed == pressed_) return false;
    pressed_ = closed;
    if (pressed_) ++presses_;
    changedMs_ = nowMs;
    deaf_ = true;
    return true;
  }

  bool pressed() const { return pressed_; }
  uint8_t presses() const { return presses_; }  // modulo 256

 private:
  static constexpr uint16_t kDeafMs = 20;
  uint16_t changedMs_ = 0;
  uint8_t presses_ = 0;
  bool seen_ = false;
  bool pressed_ = false;
  bool deaf_ = false;
};

}  // namespace ugly
