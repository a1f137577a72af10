/* The USB serial line: the chip's UART 0 on a pseudo-terminal. */
#pragma once
#include <stdint.h>

/* Connects the UART of the running chip. With `dtr_reset`, opening the port resets the chip,
 * as the boards' DTR line does through its capacitor. */
void line_start(int dtr_reset);

/* A new pseudo-terminal; `link` (or NULL) is made a symbolic link to it. */
void line_plug(const char* link);
void line_unplug(void);

/* Looks at the terminal: was it opened or closed, has the host written? */
void line_poll(void);

/* Hands the chip its next byte when a byte's time has passed; call after every instruction. */
void line_feed(void);

/* Bytes that never came from the chip, to the host: noise on the line. */
void line_noise(const uint8_t* bytes, int count);

/* Bytes lost so far because a buffer was full. */
uint64_t line_dropped(void);
