#define _GNU_SOURCE
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <simavr/avr_uart.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "chip.h"

enum { ROOM = 65536, HERTZ = 16000000 };

/* The kernel's termios2, which tells speeds that have no name; its own header, asm/termbits.h,
 * clashes with termios.h. */
struct speeds {
  tcflag_t iflag, oflag, cflag, lflag;
  cc_t line;
  cc_t cc[19];
  speed_t in, out;
};
#define GET_SPEEDS _IOR('T', 0x2A, struct speeds)

static avr_uart_t* uart;
static avr_irq_t* uart_in;
static char link_path[512];
static int master = -1, is_open, resets, garbled;
static uint8_t from_host[ROOM];
static size_t head, tail;
static uint64_t next_byte, dropped;

uint64_t line_dropped(void) {
  return dropped;
}

/* True when host and chip differ by more than 4 % of a bit's length: then no byte arrives
 * whole, which simavr, moving bytes and not bits, would not show. */
static int speeds_differ(void) {
  struct speeds host;
  avr_t* avr = chip_avr();
  if (ioctl(master, GET_SPEEDS, &host) < 0) return 0;
  const unsigned ubrr =
      (unsigned)(avr_regbit_get(avr, uart->ubrrl) | (avr_regbit_get(avr, uart->ubrrh) << 8));
  const double chip = (double)HERTZ / ((ubrr + 1) * (avr_regbit_get(avr, uart->u2x) ? 8 : 16));
  return host.out < chip * 0.96 || host.out > chip * 1.04;
}

static uint8_t through(uint8_t byte) {
  return garbled ? (uint8_t)(byte * 37u + 0x5B) : byte;
}

static void to_host(uint8_t byte) {
  if (write(master, &byte, 1) != 1) ++dropped;
}

static void on_byte(struct avr_irq_t* irq, uint32_t value, void* param) {
  (void)irq;
  (void)param;
  if (master >= 0 && is_open) to_host(through((uint8_t)value)); /* a bridge drops the others */
}

void line_start(int dtr_reset) {
  avr_t* avr = chip_avr();
  resets = dtr_reset;
  for (avr_io_t* io = avr->io_port; io; io = io->next) {
    if (!strcmp(io->kind, "uart") && ((avr_uart_t*)io)->name == '0') uart = (avr_uart_t*)io;
  }
  if (!uart) exit(2);
  uint32_t flags = 0; /* no copy to stdout, no sleeping */
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  uart_in = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_byte,
                          NULL);
}

void line_plug(const char* link) {
  int slave;
  char name[128];
  struct termios raw;
  if (master >= 0) return;
  if (openpty(&master, &slave, name, NULL, NULL) < 0) {
    perror("openpty");
    exit(2);
  }
  tcgetattr(slave, &raw);
  cfmakeraw(&raw); /* before anyone can open it: a cooked line echoes and eats bytes */
  tcsetattr(slave, TCSANOW, &raw);
  close(slave); /* from now on POLLHUP tells that nobody has it open */
  fcntl(master, F_SETFL, O_NONBLOCK);
  is_open = 0;
  if (link) snprintf(link_path, sizeof link_path, "%s", link);
  if (link_path[0]) {
    unlink(link_path);
    if (symlink(name, link_path) < 0) perror(link_path);
  }
  say("! port %s", name);
}

void line_unplug(void) {
  if (master >= 0) close(master);
  master = -1;
  is_open = 0;
  if (link_path[0]) unlink(link_path);
  head = tail = 0;
}

void line_poll(void) {
  if (master < 0) return;
  struct pollfd port = {.fd = master, .events = POLLIN};
  poll(&port, 1, 0);
  const int open_now = !(port.revents & POLLHUP);
  if (open_now != is_open) {
    is_open = open_now;
    say("! %s %llu", is_open ? "opened" : "closed", (unsigned long long)chip_us());
    head = tail = 0;
    if (is_open && resets) chip_reset_pin();
  }
  garbled = is_open && speeds_differ();
  if (!(port.revents & POLLIN)) return;
  uint8_t bytes[4096];
  const ssize_t count = read(master, bytes, sizeof bytes);
  for (ssize_t i = 0; i < count; ++i) {
    const size_t next = (head + 1) % ROOM;
    if (next == tail) {
      ++dropped;
      continue;
    }
    from_host[head] = bytes[i];
    head = next;
  }
}

void line_feed(void) {
  if (head == tail) return;
  const uint64_t now = chip_cycles();
  if (now < next_byte) return;
  const uint8_t byte = through(from_host[tail]);
  tail = (tail + 1) % ROOM;
  avr_raise_irq(uart_in, byte);
  next_byte = now + uart->cycles_per_byte; /* simavr's own count, 11 bits: 10 overrun its FIFO */
}

void line_noise(const uint8_t* bytes, int count) {
  for (int i = 0; i < count && master >= 0 && is_open; ++i) to_host(bytes[i]);
}
