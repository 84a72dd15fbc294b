"""Making takes: the engine, its handle, the budget, and clips that were made elsewhere."""

from __future__ import annotations

from studio.generation.adopting import adopt, incoming
from studio.generation.budget import Caps, Estimate, caps_of, dollars, estimate, usd
from studio.generation.cells import run_key
from studio.generation.engine import Engine, generate
from studio.generation.handle import Handle, Progress
from studio.generation.inbox import adopt_job, claim, look_again, mark_lost, pay_again, price_again, strangers
from studio.generation.limits import limits_of, lint_shot, measured_misses
from studio.generation.measuring import MeasuredTakes, TakeCamera, camera_of, measure_takes
from studio.generation.naming import model_of, name_of
from studio.generation.preparing import PreparedTakes, prepare_takes
from studio.generation.requests import DryRun, Order, dry_run, own_models, provider_for, requests_for, sound_maker_for
from studio.generation.resolving import CannotTake, WillGet, WillGetAll, will_get, will_get_all, words_of
from studio.generation.servers import Server, servers
from studio.generation.sounds import SoundWish, make_sound, mark_sound_lost
from studio.generation.states import WrongState
from studio.generation.working import Worked, follow, work

__all__ = [
    "CannotTake",
    "Caps",
    "DryRun",
    "Engine",
    "Estimate",
    "Handle",
    "MeasuredTakes",
    "Order",
    "PreparedTakes",
    "Progress",
    "Server",
    "SoundWish",
    "TakeCamera",
    "WillGet",
    "WillGetAll",
    "Worked",
    "WrongState",
    "adopt",
    "adopt_job",
    "camera_of",
    "caps_of",
    "claim",
    "dollars",
    "dry_run",
    "estimate",
    "follow",
    "generate",
    "incoming",
    "limits_of",
    "lint_shot",
    "look_again",
    "make_sound",
    "mark_lost",
    "mark_sound_lost",
    "measure_takes",
    "measured_misses",
    "model_of",
    "name_of",
    "own_models",
    "pay_again",
    "prepare_takes",
    "price_again",
    "provider_for",
    "requests_for",
    "run_key",
    "servers",
    "sound_maker_for",
    "strangers",
    "usd",
    "will_get",
    "will_get_all",
    "words_of",
    "work",
]
