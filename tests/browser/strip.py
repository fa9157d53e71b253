"""The lumisection strip on a page."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

APP = Path(__file__).parent / "apps" / "strip_app.py"
BLEED = 4
GOLDEN_TOP = 42


class Strip:
    """The strip on a page, spoken to in lumisections and rows instead of pixels."""

    def __init__(self, page: Page, *, first: int = 1, last: int) -> None:
        self.page, self.first, self.last = page, first, last
        self.plot = page.locator("svg.plot")
        expect(self.plot).to_be_visible()
        self.settle()

    def settle(self) -> None:
        """Wait until the page around the strip has stopped moving."""
        before = None
        while before != (before := self.plot.bounding_box()):
            self.page.wait_for_timeout(250)

    def x(self, lumi: float) -> float:
        """The middle of a lumisection on the screen."""
        frame = self.plot.bounding_box()
        width = frame["width"] - 2 * BLEED
        return frame["x"] + BLEED + (lumi - self.first + 0.5) / (self.last - self.first + 1) * width

    def y(self, row: int, lane: int = 0) -> float:
        """The middle of a lane on the screen."""
        return self.plot.bounding_box()["y"] + GOLDEN_TOP + 26 * row + 7 + 11 * lane

    def drag(self, begin: int, end: int) -> None:
        self.page.mouse.move(self.x(begin), self.y(2))
        self.page.mouse.down()
        self.page.mouse.move(self.x((begin + end) / 2), self.y(2))
        self.page.mouse.move(self.x(end), self.y(2))
        self.page.mouse.up()

    def zoom(self, begin: int, end: int) -> None:
        self.page.keyboard.down("Shift")
        self.drag(begin, end)
        self.page.keyboard.up("Shift")
        self.first, self.last = begin, end

    def label(self) -> str:
        return self.page.locator(".brush .label text").text_content()

    def pixels(self, x: float, y: float, width: int, height: int) -> dict[tuple[int, int, int], int]:
        """How many pixels of which colour stand in a part of the screen."""
        clip = {"x": int(x), "y": int(y), "width": width, "height": height}
        image = Image.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("RGB")
        return {colour: count for count, colour in image.getcolors(width * height)}


def rgb(colour: str) -> tuple[int, int, int]:
    return tuple(bytes.fromhex(colour[1:]))
