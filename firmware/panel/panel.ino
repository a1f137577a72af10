// UGly-Net's panel of knobs, buttons and lamps. What it does is in src/core.h, how this board
// does it in src/board.cpp, and what is wired where in src/pins.h.
#include "src/board.h"
#include "src/core.h"

static ugly::Board board;
static ugly::Core<ugly::Board> core(board);

void setup() {
  board.begin();  // arms the watchdog before anything can hang
  core.begin();
}

void loop() {
  board.feedWatchdog();
  core.poll();
}
