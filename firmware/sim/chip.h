/* The chip with everything that is wired to it: voltages, contacts, lamps. */
#pragma once
#include <simavr/sim_avr.h>
#include <stdint.h>

/* Starts an AVR at 16 MHz with the program of an ELF file; exits with a word if it can't.
 * `eeprom_path` (or NULL) is a file that holds the EEPROM while the power is off. */
void chip_start(const char* mcu, const char* elf_path, const char* eeprom_path);

avr_t* chip_avr(void);

/* Simulated time since the start, in cycles, that no reset sets back. */
uint64_t chip_cycles(void);
uint64_t chip_us(void);

/* Runs until `cycles`, calling `each` after every instruction or sleep. Without power the time
 * passes and nothing happens. */
void chip_run_to(uint64_t cycles, void (*each)(void));

void chip_power(int on);
int chip_powered(void);
void chip_reset_pin(void);

/* Stops the program where it is, until the watchdog (or anything else) resets the chip. */
void chip_hang(void);

/* The voltage on analogue input 0..15, and the peak of evenly spread noise on it. */
void chip_analog(int input, int mv, int noise_mv);

/* Drives pin "A3" low or high ('0', '1') or lets it go ('z': its pull-up decides). With
 * `bounces`, the contact first opens and closes that often, `gap_us` apart. 0 if no such pin. */
int chip_drive(const char* pin, char level, int bounces, unsigned gap_us);

/* Lets pin "A3" go ('z') once it has been driven for `least_us` of simulated time: at once, or
 * later by itself. 0 if no such pin. */
int chip_let_go(const char* pin, unsigned least_us);

/* The level of a pin, -1 if there is no such pin; `*out` tells whether the program drives it. */
int chip_read(const char* pin, int* out);

/* Says "= A3 1 US" from now on whenever the program changes this output. */
int chip_watch(const char* pin);

/* One line on stdout, at once. */
void say(const char* format, ...) __attribute__((format(printf, 1, 2)));
