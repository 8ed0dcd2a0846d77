"""Any pixel format to 8-bit grey or RGB, so that what a person would see is there."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageStat

_LIGHT = 170
"""Mean brightness from which the visible part of a mostly transparent image counts as light."""


def as_grey_or_rgb(image: Image.Image) -> Image.Image:
    """The image as ``L`` where it has no colour, else as ``RGB``.

    Transparent images are laid on white, unless most of the image is transparent and what is
    visible is light (white text without a background): these are laid on black.
    """
    mode = image.mode
    if mode in {"I", "F"} or mode.startswith("I;"):
        return _from_deep_grey(image)
    if mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        return without_colour(_opaque(image.convert("RGBA")))
    if mode in {"1", "L"}:
        return image.convert("L")
    if mode == "LAB":
        # Pillow needs colour profiles to convert it; its lightness is all that reading needs.
        return image.getchannel(0)
    return without_colour(image if mode == "RGB" else image.convert("RGB"))


def without_colour(image: Image.Image) -> Image.Image:
    """An ``RGB`` image as ``L`` when every pixel is grey, else unchanged."""
    # A small version tells most coloured pages apart at a hundredth of the cost.
    step = max(1, min(image.size) // 64)
    if step > 1 and not _is_grey(image.reduce(step)):
        return image
    return image.getchannel(0) if _is_grey(image) else image


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()[:3]
    return (
        ImageChops.difference(red, green).getbbox() is None
        and ImageChops.difference(green, blue).getbbox() is None
    )


def _opaque(image: Image.Image) -> Image.Image:
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert("RGB")
    visible = alpha.point(lambda level: 255 if level >= 128 else 0)
    visible_share = ImageStat.Stat(visible).mean[0] / 255
    ground = "white"
    if 0 < visible_share < 0.5 and ImageStat.Stat(image.convert("L"), visible).mean[0] >= _LIGHT:
        ground = "black"
    result = Image.new("RGB", image.size, ground)
    result.paste(image, mask=alpha)
    return result


def _from_deep_grey(image: Image.Image) -> Image.Image:
    """16-bit, 32-bit and floating point grey to 8 bits, by the range the values are in."""
    if image.mode.startswith("I;"):
        image = image.convert("I")
    low, high = _range(image)
    if not (math.isfinite(low) and math.isfinite(high)):
        return image.convert("L")
    if low >= 0:
        # Cameras and scanners store 12 bits in 16; floating point is often 0 to 1.
        white = next((top for top in (1.0, 255.0, 4095.0, 65535.0) if high <= top), high)
        if white == 1.0 and image.mode == "I":
            white = 255.0 if high == 0 else high
        low = 0.0
    else:
        white = high
    scale = 255.0 / (white - low) if white > low else 1.0
    scaled = image.convert("F").point(lambda level: level * scale + (0.5 - low * scale))
    return scaled.convert("L")


def _range(image: Image.Image) -> tuple[float, float]:
    low, high = image.getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return float(low), float(high)
