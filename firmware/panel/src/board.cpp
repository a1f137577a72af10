#include "board.h"

#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

// Written before the C runtime starts, so it must not be cleared by it.
uint8_t uglyResetCause __attribute__((section(".noinit")));

// Without a bootloader the cause is in MCUSR; optiboot clears that and passes it in r2. It has
// to be cleared, or a watchdog that fired would stay on at its shortest (ATmega2560 datasheet,
// 12.4 "Watchdog Timer").
void keepResetCause() __attribute__((naked, used, section(".init3")));
void keepResetCause() {
  asm volatile(
      "in r24, %[mcusr] \n"
      "out %[mcusr], __zero_reg__ \n"
      "tst r24 \n"
      "brne 1f \n"
      "mov r24, r2 \n"
      "1: sts uglyResetCause, r24 \n"
      "wdr \n"
      :
      : [mcusr] "I"(_SFR_IO_ADDR(MCUSR))
      : "r24");
}

EMPTY_INTERRUPT(ADC_vect)  // its only task is to end the sleep in convert()

namespace ugly {
namespace {

// As analogRead, but asleep during the 104 us of a conversion: less noise from the processor,
// and a simulator passes over the time.
uint16_t convert(uint8_t channel) {
  ADMUX = static_cast<uint8_t>(_BV(REFS0) | (channel & 7));
#ifdef MUX5
  ADCSRB = static_cast<uint8_t>((ADCSRB & ~_BV(MUX5)) | ((channel & 8) ? _BV(MUX5) : 0));
#endif
  ADCSRA |= _BV(ADIE) | _BV(ADSC);
  for (;;) {
    cli();
    if (!(ADCSRA & _BV(ADSC))) break;
    sleep_enable();
    sei();  // works after the next instruction, so the interrupt cannot come before the sleep
    sleep_cpu();
    sleep_disable();
  }
  ADCSRA &= static_cast<uint8_t>(~_BV(ADIE));
  sei();
  return ADC;
}

}  // namespace

void Board::begin() {
  wdt_enable(WDTO_1S);
  set_sleep_mode(SLEEP_MODE_IDLE);
  for (uint8_t i = 0; i < kButtons; ++i) pinMode(kButtonPins[i], INPUT_PULLUP);
  for (uint8_t i = 0; i < kButtons; ++i) pinMode(kLampPins[i], OUTPUT);
  Serial.begin(kBaud);
  delay(2);  // long wires: let the pull-ups charge them before anyone looks
}

void Board::feedWatchdog() {
  wdt_reset();
}

uint8_t Board::resetCause() const {
  return uglyResetCause;
}

bool Board::powerOn() const {
  return !(uglyResetCause & _BV(WDRF));
}

uint16_t Board::readKnob(uint8_t i) {
  const uint8_t channel = static_cast<uint8_t>(kKnobPins[i] - A0);
  convert(channel);  // thrown away: it still holds some of the channel before
  uint16_t sum = 0;
  for (uint8_t k = 0; k < 4; ++k) sum = static_cast<uint16_t>(sum + convert(channel));
  return sum;
}

uint8_t Board::readEeprom(uint8_t at) {
  return eeprom_read_byte(reinterpret_cast<const uint8_t*>(at));
}

void Board::writeEeprom(uint8_t at, uint8_t byte) {
  eeprom_update_byte(reinterpret_cast<uint8_t*>(at), byte);
}

}  // namespace ugly
