#include "chip.h"

#include <simavr/avr_adc.h>
#include <simavr/avr_eeprom.h>
#include <simavr/avr_ioport.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_time.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 16, PORTS = 26, HERTZ = 16000000, EEPROM_MOST = 8192 };

typedef struct {
  char port;
  int bit;
  int left;
  int level; /* -1: let go */
  int other;
  unsigned gap_us;
} bounce_t;

static avr_t* avr;
static avr_adc_t* adc;
static int input_mv[INPUTS], input_noise_mv[INPUTS];
static avr_ioport_external_t held[PORTS];
static uint8_t watched[PORTS], last_out[PORTS];
static bounce_t bounces[PORTS * 8];
static uint64_t driven_us[PORTS * 8]; /* since when each pin has its level */
static const char* eeprom_file;
static int powered = 1;
static uint64_t cycles_before; /* of earlier lives: a reset sets the core's own count back */
static avr_cycle_count_t cycle_seen;
static void (*core_reset)(avr_t*);

static int hung;
static avr_flashaddr_t hung_at;
static uint8_t hung_code[2];

void say(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
  fflush(stdout);
}

avr_t* chip_avr(void) {
  return avr;
}
int chip_powered(void) {
  return powered;
}

uint64_t chip_cycles(void) {
  if (avr->cycle < cycle_seen) cycles_before += cycle_seen;
  cycle_seen = avr->cycle;
  return cycles_before + avr->cycle;
}

uint64_t chip_us(void) {
  return chip_cycles() / (HERTZ / 1000000);
}

/* ---- the passing of time ---- */

static void no_sleep(avr_t* self, avr_cycle_count_t cycles) {
  (void)self; /* pacing is done by the slice, not at every sleep of the program */
  (void)cycles;
}

void chip_run_to(uint64_t cycles, void (*each)(void)) {
  if (!powered) {
    const uint64_t now = chip_cycles();
    if (cycles > now) cycles_before += cycles - now;
    return;
  }
  while (chip_cycles() < cycles) {
    const int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) {
      say("! crashed at %x", (unsigned)avr->pc);
      exit(3);
    }
    each();
  }
}

/* ---- resets ---- */

static void set_level(char port, int bit, int level);
static void apply_pins(void);

static void on_reset(avr_t* self) {
  if (hung) {
    hung = 0;
    memcpy(self->flash + hung_at, hung_code, 2);
  }
  /* simavr clears PINx but not what each pin's IRQ last said, and drops repeats: pulled-up
   * inputs would read 0 for ever. */
  for (int port = 0; port < PORTS; ++port) {
    for (int bit = 0; bit < 8; ++bit) {
      avr_irq_t* irq = avr_io_getirq(self, AVR_IOCTL_IOPORT_GETIRQ('A' + port), bit);
      if (irq) irq->value = 0;
    }
  }
  if (core_reset) core_reset(self);
  for (int i = 0; i < PORTS * 8; ++i) { /* their timers are gone: let them come to rest */
    if (bounces[i].left) set_level(bounces[i].port, bounces[i].bit, bounces[i].level);
    bounces[i].left = 0;
  }
  apply_pins();
  memset(last_out, 0, sizeof last_out); /* every output is an input again */
  say("! restart %llu", (unsigned long long)chip_us());
}

static void eeprom(int keep) {
  static uint8_t bytes[EEPROM_MOST];
  const uint32_t size = avr->e2end + 1u;
  avr_eeprom_desc_t whole = {.ee = bytes, .offset = 0, .size = size};
  if (!eeprom_file || size > sizeof bytes) return;
  FILE* file = fopen(eeprom_file, keep ? "wb" : "rb");
  if (!file) return;
  if (keep) {
    whole.ee = NULL; /* asks for a pointer to it */
    avr_ioctl(avr, AVR_IOCTL_EEPROM_GET, &whole);
    if (whole.ee) fwrite(whole.ee, 1, size, file);
  } else if (fread(bytes, 1, size, file) == size) {
    avr_ioctl(avr, AVR_IOCTL_EEPROM_SET, &whole);
  }
  fclose(file);
}

void chip_power(int on) {
  if (on == powered) return;
  chip_cycles();
  powered = on;
  if (!on) {
    eeprom(1);
    memset(last_out, 0, sizeof last_out);
    say("! off %llu", (unsigned long long)chip_us());
    return;
  }
  avr_reset(avr);
  avr_regbit_set(avr, avr->reset_flags.porf);
}

void chip_reset_pin(void) {
  if (!powered) return;
  chip_cycles();
  avr_reset(avr);
  avr_regbit_clear(avr, avr->reset_flags.porf);
  avr_regbit_set(avr, avr->reset_flags.extrf);
}

void chip_hang(void) {
  if (hung || !powered) return;
  hung = 1;
  hung_at = avr->pc;
  memcpy(hung_code, avr->flash + hung_at, 2);
  avr->flash[hung_at] = 0xFF; /* rjmp .-2: jump to yourself */
  avr->flash[hung_at + 1] = 0xCF;
}

/* ---- analogue inputs ---- */

/* When a conversion starts: puts the chosen input's voltage where simavr will look. simavr 1.6
 * keeps 8 values and reads past them for A8..A15, so each pair shares one (buserror/simavr#383,
 * mended in 1.7). */
static void on_conversion(struct avr_irq_t* irq, uint32_t value, void* param) {
  (void)irq;
  (void)value;
  (void)param;
  const unsigned mux = avr_regbit_get_array(avr, adc->mux, 6);
  const unsigned input = (mux & 7) + (mux >= 32 && mux < 40 ? 8 : 0);
  int mv = input_mv[input];
  if (input_noise_mv[input]) {
    mv += rand() % (2 * input_noise_mv[input] + 1) - input_noise_mv[input];
  }
  mv = mv < 0 ? 0 : mv > 5000 ? 5000 : mv;
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, input & 7), (uint32_t)mv);
}

void chip_analog(int input, int mv, int noise_mv) {
  if (input < 0 || input >= INPUTS) return;
  input_mv[input] = mv;
  input_noise_mv[input] = noise_mv < 0 ? 0 : noise_mv;
}

/* ---- pins ---- */

static int parse(const char* pin, char* port, int* bit) {
  if (pin[0] < 'A' || pin[0] > 'Z' || pin[1] < '0' || pin[1] > '7') return 0;
  *port = pin[0];
  *bit = pin[1] - '0';
  return avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(*port), *bit) != NULL;
}

static void set_level(char port, int bit, int level) {
  avr_ioport_external_t* pins = &held[port - 'A'];
  avr_ioport_state_t state = {0};
  avr_ioctl(avr, AVR_IOCTL_IOPORT_GETSTATE(port), &state);
  const unsigned mask = 1u << bit;
  pins->name = (unsigned)port;
  pins->mask = level < 0 ? pins->mask & ~mask : pins->mask | mask;
  pins->value = level > 0 ? pins->value | mask : pins->value & ~mask;
  const int seen = level < 0 ? (int)(state.port >> bit) & 1 : level; /* its pull-up, if on */
  /* Told to the port too, or the next write to PORT lets every held button go. */
  avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(port), pins);
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(port), bit), (uint32_t)seen);
}

static void apply_pins(void) {
  for (int port = 0; port < PORTS; ++port) {
    for (int bit = 0; bit < 8; ++bit) {
      const unsigned mask = 1u << bit;
      if (held[port].mask & mask) {
        set_level((char)('A' + port), bit, (held[port].value & mask) != 0);
      }
    }
  }
}

static avr_cycle_count_t bounce(avr_t* self, avr_cycle_count_t when, void* param) {
  bounce_t* one = param;
  if (one->left <= 0) return 0;
  --one->left;
  set_level(one->port, one->bit, one->left % 2 ? one->other : one->level);
  return one->left ? when + avr_usec_to_cycles(self, one->gap_us) : 0;
}

int chip_drive(const char* pin, char level, int times, unsigned gap_us) {
  char port;
  int bit;
  if (!parse(pin, &port, &bit)) return 0;
  const int to = level == 'z' ? -1 : level == '1';
  bounce_t* one = &bounces[(port - 'A') * 8 + bit];
  const int from = held[port - 'A'].mask >> bit & 1 ? (int)(held[port - 'A'].value >> bit) & 1 : -1;
  one->left = 0;
  avr_cycle_timer_cancel(avr, bounce, one);
  if (times > 0 && gap_us > 0 && powered) {
    *one = (bounce_t){port, bit, 2 * times, to, from, gap_us};
    avr_cycle_timer_register_usec(avr, gap_us, bounce, one);
  }
  set_level(port, bit, to);
  driven_us[(port - 'A') * 8 + bit] = chip_us();
  return 1;
}

int chip_let_go(const char* pin, unsigned least_us) {
  char port;
  int bit;
  if (!parse(pin, &port, &bit)) return 0;
  const int place = (port - 'A') * 8 + bit;
  const uint64_t since_us = chip_us() - driven_us[place];
  if (since_us >= least_us || !powered) return chip_drive(pin, 'z', 0, 0);
  bounce_t* one = &bounces[place];
  avr_cycle_timer_cancel(avr, bounce, one);
  *one = (bounce_t){port, bit, 1, -1, 0, 0};
  avr_cycle_timer_register_usec(avr, (uint32_t)(least_us - since_us), bounce, one);
  return 1;
}

int chip_read(const char* pin, int* out) {
  char port;
  int bit;
  if (!parse(pin, &port, &bit)) return -1;
  avr_ioport_state_t state = {0};
  avr_ioctl(avr, AVR_IOCTL_IOPORT_GETSTATE(port), &state);
  *out = (state.ddr >> bit) & 1;
  if (!powered) return 0;
  return ((*out ? state.port : state.pin) >> bit) & 1;
}

int chip_watch(const char* pin) {
  char port;
  int bit;
  if (!parse(pin, &port, &bit)) return 0;
  watched[port - 'A'] |= (uint8_t)(1u << bit);
  return 1;
}

static void on_port(struct avr_irq_t* irq, uint32_t value, void* param) {
  (void)irq;
  const int port = (int)(intptr_t)param;
  const uint8_t changed = (uint8_t)((value ^ last_out[port]) & watched[port]);
  last_out[port] = (uint8_t)value;
  for (int bit = 0; bit < 8; ++bit) {
    if (changed & (1 << bit)) {
      say("= %c%d %d %llu", 'A' + port, bit, (int)(value >> bit) & 1,
          (unsigned long long)chip_us());
    }
  }
}

/* ---- start ---- */

static void fail(const char* what, const char* which) {
  fprintf(stderr, "%s %s\n", what, which);
  exit(2);
}

void chip_start(const char* mcu, const char* elf_path, const char* eeprom_path) {
  static elf_firmware_t program;
  if (elf_read_firmware(elf_path, &program) != 0) fail("cannot read", elf_path);
  avr = avr_make_mcu_by_name(mcu);
  if (!avr) fail("simavr knows no", mcu);
  avr_init(avr);
  program.frequency = HERTZ;
  avr_load_firmware(avr, &program);
  avr->frequency = HERTZ;
  avr->vcc = avr->avcc = avr->aref = 5000;
  avr->sleep = no_sleep;
  avr->log = LOG_ERROR;
  core_reset = avr->reset;
  avr->reset = on_reset;
  eeprom_file = eeprom_path;
  eeprom(0);
  for (avr_io_t* io = avr->io_port; io; io = io->next) {
    if (!strcmp(io->kind, "adc")) adc = (avr_adc_t*)io;
  }
  if (!adc) fail("no ADC in", mcu);
  if (adc->mux[5].reg) { /* more than eight inputs: the ones simavr 1.6 leaves out */
    for (int i = 0; i < 8; ++i) adc->muxmode[32 + i] = adc->muxmode[i];
  }
  avr_irq_t* trigger = avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_OUT_TRIGGER);
  avr_irq_register_notify(trigger, on_conversion, NULL);
  for (int port = 0; port < PORTS; ++port) {
    avr_irq_t* irq = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('A' + port), IOPORT_IRQ_REG_PORT);
    if (irq) avr_irq_register_notify(irq, on_port, (void*)(intptr_t)port);
  }
  avr_regbit_set(avr, avr->reset_flags.porf);
}
