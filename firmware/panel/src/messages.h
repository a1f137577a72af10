// What is said on the wire. The other half is installation/panel/arduino/protocol.py; both are
// tested against the same bytes, tests/golden/wire. Numbers are little-endian; an unknown type
// is ignored, so that either side may be newer.
#pragma once
#include <stdint.h>

namespace ugly {

constexpr uint8_t kProtocol = 1;
constexpr uint8_t kFirmwareMajor = 1;
constexpr uint8_t kFirmwareMinor = 1;

// From the host.
constexpr uint8_t kHello = 0x01;  // u8 protocol. Answered by IDENTITY and STATE.
constexpr uint8_t kPing = 0x02;   // anything. Answered by PONG with the same.
constexpr uint8_t kLamps = 0x03;  // u16 lit, u16 blinking, a bit a button
constexpr uint8_t kAsk = 0x04;    // nothing. Answered by STATE.
constexpr uint8_t kName = 0x05;   // u32 serial number, to keep. Answered by IDENTITY.

// From the panel.
constexpr uint8_t kIdentity = 0x81;  // u8 protocol, firmware major, minor, board, knobs,
                                     // buttons, reset cause (MCUSR), 0; u32 serial number
constexpr uint8_t kPong = 0x82;
constexpr uint8_t kState = 0x83;   // u32 uptime ms; u16 damaged frames, pressed, lit;
                                   // u8 presses a button; u16 reading 0..1023 a knob
constexpr uint8_t kKnob = 0x84;    // u8 knob, u16 reading 0..1023
constexpr uint8_t kButton = 0x85;  // u8 button, u8 1 pressed or 0, u8 presses so far

constexpr uint8_t kIdentityBytes = 12;
constexpr uint8_t kStateHead = 10;

constexpr uint16_t kStateEveryMs = 500;
constexpr uint16_t kHostSilentMs = 3000;  // then the lamps go dark

}  // namespace ugly
