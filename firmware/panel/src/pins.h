// Made by kiosk_config/panel/generate.py from installation/panel/simulated/pins.py: edit that.
#pragma once
#include <Arduino.h>

namespace ugly {

#if defined(ARDUINO_AVR_MEGA2560) || defined(ARDUINO_AVR_MEGA)
constexpr uint8_t kBoardId = 2;
constexpr uint8_t kKnobs = 16;
constexpr uint8_t kButtons = 8;
constexpr uint8_t kKnobPins[kKnobs] = {A0, A1, A2, A3, A4, A5, A6, A7,
                                       A8, A9, A10, A11, A12, A13, A14, A15};
constexpr uint8_t kButtonPins[kButtons] = {22, 23, 24, 25, 26, 27, 28, 29};
constexpr uint8_t kLampPins[kButtons] = {30, 31, 32, 33, 34, 35, 36, 37};
#elif defined(ARDUINO_AVR_UNO) || defined(ARDUINO_AVR_NANO)
constexpr uint8_t kBoardId = 1;
constexpr uint8_t kKnobs = 6;
constexpr uint8_t kButtons = 6;
constexpr uint8_t kKnobPins[kKnobs] = {A0, A1, A2, A3, A4, A5};
constexpr uint8_t kButtonPins[kButtons] = {2, 3, 4, 5, 6, 7};
constexpr uint8_t kLampPins[kButtons] = {8, 9, 10, 11, 12, 13};
#else
#error "No pins for this board: add it to installation/panel/simulated/pins.py"
#endif

}  // namespace ugly
