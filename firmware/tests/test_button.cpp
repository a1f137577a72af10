#include <doctest/doctest.h>

#include <initializer_list>

#include "../panel/src/button.h"

using ugly::Button;

TEST_CASE("a press is told on its second sight, whatever the clock") {
  for (uint16_t t : {uint16_t{0}, uint16_t{1}, uint16_t{65534}}) {
    Button button;
    CHECK_FALSE(button.feed(true, t));
    CHECK(button.feed(true, static_cast<uint16_t>(t + 1)));
    CHECK(button.pressed());
    CHECK(button.presses() == 1);
  }
}

TEST_CASE("a stray pulse is no press") {
  Button button;
  for (uint16_t t = 0; t < 1000; ++t) CHECK_FALSE(button.feed(t % 50 == 0, t));
  CHECK(button.presses() == 0);
}

TEST_CASE("bounce counts once, across the clock's wrap") {
  Button button;
  uint16_t t = 65530;
  button.feed(true, t);
  CHECK(button.feed(true, ++t));
  for (int i = 0; i < 15; ++i) CHECK_FALSE(button.feed(i & 1, ++t));
  for (int i = 0; i < 30; ++i) CHECK_FALSE(button.feed(true, ++t));
  CHECK(button.presses() == 1);
  button.feed(false, ++t);
  CHECK(button.feed(false, ++t));
  for (int i = 0; i < 15; ++i) CHECK_FALSE(button.feed(i & 1, ++t));
  for (int i = 0; i < 30; ++i) CHECK_FALSE(button.feed(false, ++t));
  CHECK_FALSE(button.pressed());
  CHECK(button.presses() == 1);
}

TEST_CASE("a release missed in the bounce is noticed after it") {
  Button button;
  button.feed(true, 0);
  button.feed(true, 1);
  bool told = false;
  for (uint16_t t = 2; t < 40; ++t) told = button.feed(false, t) || told;
  CHECK(told);
  CHECK_FALSE(button.pressed());
}
