/* boardsim: the shipped firmware in a simulated chip (libsimavr), its USB port a pseudo-terminal.
 *
 *   boardsim [-m mcu] [-l link] [-e eeprom] [-n] [-h] panel.elf
 *
 *   -m  atmega2560 (default) or atmega328p       -n  opening the port does not reset the board
 *   -l  make this a symbolic link to the port    -h  start with the clock held
 *   -e  file that keeps the EEPROM
 *
 * Orders on stdin, one a line; each is answered by one line:
 *
 *   knob N MV [NOISE_MV]            voltage on analogue input N, with peak noise     ok
 *   drive A3 0|1|z [TIMES GAP_US]   drive a pin or let it go, bouncing first         ok
 *   letgo A3 LEAST_US               let it go once driven so long, simulated us      ok
 *   read A3                         level, and who drives it                         pin 0|1 out|in
 *   watch A3                        tell every change of this output                 ok
 *   time                            simulated us, worst lag us, bytes dropped        time US US N
 *   pace real|max|hold              how fast; held, time passes only by "step"       ok
 *   step US                         let this much simulated time pass at once        stepped US
 *   reset | hang                    the reset button; a stuck program                ok
 *   unplug | plug [LINK]            pull the USB plug, power too; put it back        ok
 *   noise HEX                       bytes on the line that the board never sent      ok
 *   quit
 *
 * Between answers, what happens by itself: "! port NAME", "! opened US", "! closed US",
 * "! restart US", "! off US", "! crashed at PC", "= A3 1 US". Ends when stdin does, so that no
 * simulator outlives who started it. A separate program, since libsimavr is GPL-3. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "chip.h"
#include "line.h"

enum { SLICE = 250 * 16, HOPELESS_US = 200000 };

static enum { REAL, MAX, HOLD } pace = REAL;
static uint64_t wall_0_us, chip_0_us, lag_us;

static uint64_t wall_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static void start_clock(void) {
  wall_0_us = wall_us();
  chip_0_us = chip_us();
}

static void step(uint64_t us) {
  const uint64_t end = chip_cycles() + us * 16;
  for (uint64_t now = chip_cycles(); now < end; now = chip_cycles()) {
    line_poll();
    chip_run_to(now + SLICE < end ? now + SLICE : end, line_feed);
  }
  line_poll();
  start_clock();
}

static void noise(const char* hex) {
  uint8_t bytes[1024];
  int count = 0;
  unsigned byte;
  for (; count < (int)sizeof bytes && sscanf(hex, "%2x", &byte) == 1; hex += 2) {
    bytes[count++] = (uint8_t)byte;
    if (!hex[1]) break;
  }
  line_noise(bytes, count);
}

static void plug(const char* link) {
  if (chip_powered()) return;
  line_plug(link[0] ? link : NULL);
  chip_power(1);
  start_clock();
}

static void answer(int good) {
  say(good ? "ok" : "err");
}

/* Carries out one order; 0 to end. */
static int obey(const char* line) {
  char word[16] = "", pin[8] = "", text[2400] = "", level = 0;
  int number, mv, noise_mv = 0, times = 0, out = 0;
  unsigned gap_us = 0;
  unsigned long us;
  sscanf(line, "%15s %2399s", word, text);
  if (sscanf(line, "knob %d %d %d", &number, &mv, &noise_mv) >= 2) {
    chip_analog(number, mv, noise_mv);
    answer(1);
  } else if (sscanf(line, "drive %7s %c %d %u", pin, &level, &times, &gap_us) >= 2) {
    answer(chip_drive(pin, level, times, gap_us));
  } else if (sscanf(line, "letgo %7s %u", pin, &gap_us) == 2) {
    answer(chip_let_go(pin, gap_us));
  } else if (!strcmp(word, "read")) {
    const int is = chip_read(text, &out);
    if (is < 0) {
      answer(0);
    } else {
      say("pin %d %s", is, out ? "out" : "in");
    }
  } else if (!strcmp(word, "watch")) {
    answer(chip_watch(text));
  } else if (!strcmp(word, "time")) {
    say("time %llu %llu %llu", (unsigned long long)chip_us(), (unsigned long long)lag_us,
        (unsigned long long)line_dropped());
    lag_us = 0;
  } else if (!strcmp(word, "pace")) {
    pace = text[0] == 'm' ? MAX : text[0] == 'h' ? HOLD : REAL;
    start_clock();
    answer(1);
  } else if (sscanf(line, "step %lu", &us) == 1) {
    step(us);
    say("stepped %llu", (unsigned long long)chip_us());
  } else if (!strcmp(word, "reset")) {
    chip_reset_pin();
    answer(1);
  } else if (!strcmp(word, "hang")) {
    chip_hang();
    answer(1);
  } else if (!strcmp(word, "unplug")) {
    line_unplug();
    chip_power(0);
    answer(1);
  } else if (!strcmp(word, "plug")) {
    plug(text);
    answer(1);
  } else if (!strcmp(word, "noise")) {
    noise(text);
    answer(1);
  } else if (!strcmp(word, "quit")) {
    return 0;
  } else {
    answer(0);
  }
  return 1;
}

/* Takes the orders that wait; 0 to end. */
static int take_orders(int wait_ms) {
  static char buffer[8192];
  static size_t fill;
  struct pollfd in = {.fd = 0, .events = POLLIN};
  if (poll(&in, 1, wait_ms) <= 0) return 1;
  const ssize_t count = read(0, buffer + fill, sizeof buffer - 1 - fill);
  if (count <= 0) return 0;
  fill += (size_t)count;
  buffer[fill] = 0;
  char* start = buffer;
  for (char* end = strchr(start, '\n'); end; end = strchr(start, '\n')) {
    *end = 0;
    if (!obey(start)) return 0;
    start = end + 1;
  }
  fill = strlen(start);
  memmove(buffer, start, fill + 1);
  return fill < sizeof buffer - 1;
}

static void keep_pace(void) {
  const uint64_t due = wall_0_us + chip_us() - chip_0_us;
  const uint64_t now = wall_us();
  if (due > now + 500) {
    const struct timespec rest = {0, (long)(due - now) * 1000};
    nanosleep(&rest, NULL);
  } else if (now > due) {
    if (now - due > lag_us) lag_us = now - due;
    if (now - due > HOPELESS_US) start_clock(); /* never to be made up: let it go */
  }
}

int main(int count, char** words) {
  const char *mcu = "atmega2560", *link = NULL, *eeprom = NULL;
  int dtr_reset = 1;
  for (int option; (option = getopt(count, words, "m:l:e:nh")) != -1;) {
    switch (option) {
      case 'm':
        mcu = optarg;
        break;
      case 'l':
        link = optarg;
        break;
      case 'e':
        eeprom = optarg;
        break;
      case 'n':
        dtr_reset = 0;
        break;
      case 'h':
        pace = HOLD;
        break;
      default:
        return 2;
    }
  }
  if (optind >= count) {
    fprintf(stderr, "usage: boardsim [-m mcu] [-l link] [-e eeprom] [-n] [-h] panel.elf\n");
    return 2;
  }
  chip_start(mcu, words[optind], eeprom);
  line_start(dtr_reset);
  line_plug(link);
  say("ready");
  start_clock();
  while (take_orders(pace == HOLD ? 20 : 0)) {
    line_poll();
    if (pace == HOLD) continue;
    chip_run_to(chip_cycles() + SLICE, line_feed);
    if (pace == REAL) keep_pace();
  }
  line_unplug();
  chip_power(0);
  return 0;
}
