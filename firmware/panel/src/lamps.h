// The lamps: what the host wants, until it falls silent.
#pragma once
#include <stdint.h>

#include "messages.h"

namespace ugly {

class Lamps {
 public:
  void set(uint16_t lit, uint16_t blinking) {
    lit_ = lit;
    blinking_ = blinking;
  }

  void hostSpoke(uint32_t nowMs) {
    heardMs_ = nowMs;
    hostThere_ = true;
  }

  bool hostThere() const { return hostThere_; }

  // Which lamps are on now, a bit each.
  uint16_t shown(uint32_t nowMs) {
    if (hostThere_ && nowMs - heardMs_ >= kHostSilentMs) {
      hostThere_ = false;
      set(0, 0);
    }
    const bool phase = (nowMs >> 8) & 1;  // a quarter of a second on, a quarter off
    return phase ? static_cast<uint16_t>(lit_ | blinking_) : lit_;
  }

 private:
  uint32_t heardMs_ = 0;
  uint16_t lit_ = 0;
  uint16_t blinking_ = 0;
  bool hostThere_ = false;
};

}  // namespace ugly
