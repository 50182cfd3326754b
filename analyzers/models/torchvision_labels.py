"""The names of the classes of `torchvision.datasets`, as their `classes` lists them."""

from __future__ import annotations

import string


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DIGITS = tuple(
    f"{index} - {name}"
    for index, name in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    )
)
FASHION = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
)  # fmt: skip
KUZUSHIJI = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
CIFAR10 = _words("airplane automobile bird cat deer dog frog horse ship truck")
CIFAR100 = _words(
    """apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus
    butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach
    couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster
    house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
    motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear
    pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket
    rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
    sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip
    turtle wardrobe whale willow_tree wolf woman worm"""
)

_MERGED = set("cijklmopsuvwxyz")
"""Letters whose two cases look alike: `bymerge` and `balanced` keep the capital only."""

_ALL = sorted(string.digits + string.ascii_letters)
_SOME = tuple(letter for letter in _ALL if letter not in _MERGED)

EMNIST = {
    "byclass": tuple(_ALL),
    "bymerge": _SOME,
    "balanced": _SOME,
    "letters": ("N/A", *string.ascii_lowercase),
    "digits": tuple(string.digits),
    "mnist": tuple(string.digits),
}
"""By split. https://www.nist.gov/itl/products-and-services/emnist-dataset"""
