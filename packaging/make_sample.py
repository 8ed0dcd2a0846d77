"""Draws ``resources/sample.pdf``: two scan-like pages, one in English and one in Russian.

The text of the first goes to ``resources/sample-page-1.txt``: what ``textlift doctor --model``
compares a model's reading with.
"""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
TARGET = RESOURCES / "sample.pdf"
TRUTH = RESOURCES / "sample-page-1.txt"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
DPI = 150
SIZE = (1240, 1754)
MARGIN = 150
SKEW = 0.4

PAGES = (
    (
        "The Lighthouse at Grey Point",
        """Every evening at dusk the keeper climbed the hundred and forty-two steps to the lamp
room, trimmed the wick and wound the clockwork that turned the lens. The work was not hard,
but it had to be done at the same hour each day, whatever the weather.""",
        """In the winter of 1897 a storm broke eleven panes of the lantern. The keeper wrote in
the log that he had stood at the lamp all night and turned the lens by hand, counting the
seconds aloud. Not one ship was lost.""",
        """Oil used in December:   86 litres
Wicks:   14
Panes replaced:   11
Ships passed:   203""",
        """The log is kept in the town library, on the second floor, and may be read on weekdays
between ten and four.""",
    ),
    (
        "Маяк на Сером мысу",
        """Каждый вечер в сумерках смотритель поднимался по ста сорока двум ступеням в комнату
с лампой, подрезал фитиль и заводил часовой механизм, который вращал линзу. Работа была
нетрудной, но делать её нужно было в один и тот же час, какая бы ни стояла погода.""",
        """Зимой 1897 года буря разбила одиннадцать стёкол фонаря. Смотритель записал в журнале,
что всю ночь простоял у лампы и вращал линзу рукой, считая секунды вслух. Ни один корабль
не погиб.""",
        """Журнал хранится в городской библиотеке на втором этаже. Его можно прочитать в будние
дни с десяти до четырёх часов.""",
    ),
)


def main() -> None:
    pages = [draw(*page, number=number) for number, page in enumerate(PAGES, start=1)]
    pages[0].save(
        TARGET, save_all=True, append_images=pages[1:], resolution=DPI, quality=40, title="Sample"
    )
    TRUTH.write_text(truth(*PAGES[0], number=1), encoding="utf-8")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


def truth(title: str, *paragraphs: str, number: int) -> str:
    """What ``draw`` prints, a paragraph a line; lists line by line."""
    parts = [
        paragraph.replace(":   ", ": ") if ":   " in paragraph else " ".join(paragraph.split())
        for paragraph in paragraphs
    ]
    return "\n\n".join([title, *parts, f"– {number} –"]) + "\n"


def draw(title: str, *paragraphs: str, number: int) -> Image.Image:
    image = Image.new("L", SIZE, 246)
    canvas = ImageDraw.Draw(image)
    body = ImageFont.truetype(str(FONTS / "DejaVuSerif.ttf"), 27)
    head = ImageFont.truetype(str(FONTS / "DejaVuSerif-Bold.ttf"), 44)
    canvas.text((MARGIN, MARGIN), title, font=head, fill=30)
    top = MARGIN + 120.0
    for paragraph in paragraphs:
        is_list = ":   " in paragraph
        lines = paragraph.split("\n") if is_list else wrapped(paragraph, body)
        for line in lines:
            name, _, value = line.partition(":   ")
            canvas.text((MARGIN, top), f"{name}:" if is_list else line, font=body, fill=40)
            canvas.text((MARGIN + 420, top), value, font=body, fill=40)
            top += 44
        top += 40
    canvas.text((SIZE[0] / 2, SIZE[1] - 110), f"– {number} –", font=body, fill=40, anchor="mm")
    return scanned(image, seed=number)


def wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= SIZE[0] - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def scanned(image: Image.Image, *, seed: int) -> Image.Image:
    """A little turned, a little soft, with grain and a shadow along the edge."""
    chance = random.Random(seed)
    image = image.rotate(SKEW * (-1) ** seed, resample=Image.Resampling.BICUBIC, fillcolor=246)
    image = image.filter(ImageFilter.GaussianBlur(0.6))
    grain = Image.frombytes("L", SIZE, chance.randbytes(SIZE[0] * SIZE[1]))
    grain = grain.filter(ImageFilter.GaussianBlur(1.2)).point(
        [(v - 128) // 6 + 128 for v in range(256)]
    )
    image = ImageChops.add(image, grain, offset=-128)
    shadow = Image.linear_gradient("L").rotate(90).resize((60, SIZE[1]))
    edge = image.crop((0, 0, 60, SIZE[1]))
    image.paste(ImageChops.multiply(edge, shadow.point([200 + v * 55 // 255 for v in range(256)])))
    return image


if __name__ == "__main__":
    main()
