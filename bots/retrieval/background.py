"""Everyday topics that no dataset is about. A question nearer to one of them than to any record is probably off the subject."""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from .embedder import Embedder, Vectors

BACKGROUND = (
    "The capital of France is Paris, a city on the Seine.",
    "Germany won the football world cup in 2014.",
    "A joke about cats: why did the cat sit on the computer?",
    "The weather tomorrow: rain, wind and 15 degrees.",
    "The universe is about 13.8 billion years old.",
    "Recipe for an apple pie: flour, butter, sugar and apples.",
    "The president of the United States lives in the White House.",
    "Cheap flights to Rome and hotels for your holiday.",
    "Mount Everest is the highest mountain in the world.",
    "What time is it in Tokyo? Time zones of the world.",
    "Buy shares and bitcoin: advice for investors.",
    "A poem about autumn, love and the sea.",
    "17 times 23 is 391. Mathematics and equations.",
    "How to lose weight: diet, sports and healthy food.",
    "The best restaurants and bars in town.",
    "William Shakespeare wrote Hamlet. Books and their authors.",
    "My dog is ill: symptoms, vets and medicine.",
    "Headache, fever and cough: see a doctor.",
    "Translate a sentence into Japanese.",
    "The sky is blue because light is scattered.",
    "The train to Hamburg leaves at ten from platform seven.",
    "How to change a tire of a car and the oil of the engine.",
    "Who won the game last night? Results of sports.",
    "Who is the most beautiful singer? Films, music and stars.",
    "The population of China is 1.4 billion people.",
    "The tower is 330 meters high and was built in 1889.",
    "Growing tomatoes, roses and vegetables in the garden.",
    "The telephone was invented by Alexander Graham Bell.",
    "The second world war ended in 1945. History of Europe.",
    "The planets of the solar system, Mars and the moon.",
    "Politics, elections and parties in the news.",
    "Machine learning and artificial intelligence explained.",
    "Which smartphone has the best camera?",
    "Reset the password of your computer, install a printer.",
    "Convert miles to kilometers and dollars to euros.",
    "How are you, who are you, what is your name, do you love me?",
    "What is the meaning of life? Philosophy and religion.",
    "Sing me a song and tell me a story.",
    "Gift ideas for birthdays, weddings and Christmas.",
    "Learn to play the guitar or the piano.",
    "The chemical symbol of gold is Au. Physics and chemistry.",
    "Rent a flat, buy a house, find a job.",
    "Write a program in Python or an essay for school.",
    "Cars, motorcycles and their engines.",
    "Fashion, shoes and cosmetics.",
    "Insurance, taxes and pensions.",
    "Animals of Africa: lions, elephants and giraffes.",
    "Rivers, lakes, deserts and oceans of the earth.",
    "Painters, museums and works of art.",
    "Feelings, friendship, dating and marriage.",
    "Schools, universities and exams.",
    "Laws, courts and crimes.",
    "Video games, puzzles and riddles.",
    "Kings, emperors and ancient Rome.",
    "The human body: heart, blood and muscles.",
    "Babies, children and their education.",
    "Repairing the house: paint, wood and tools.",
    "xyz abc qwertz asdf 12345",
)


@dataclass(frozen=True)
class BackgroundVectors:
    """The background as questions and as passages, float32, shape (n, dim) each."""

    queries: Vectors
    passages: Vectors


_lock = Lock()  # the first question and the warm-up may ask at once


def background_vectors(embedder: Embedder) -> BackgroundVectors:
    """Embedded once a process: about a second of CPU. Blocking; thread-safe."""
    with _lock:
        return _embed(embedder)


@lru_cache(maxsize=2)
def _embed(embedder: Embedder) -> BackgroundVectors:
    return BackgroundVectors(embedder.embed_queries(BACKGROUND), embedder.embed_passages(BACKGROUND))
