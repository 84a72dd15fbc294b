"""Ingest of a take beside ffmpeg making the same three pictures alone."""

import tempfile
from pathlib import Path

from studio.media import Library, ffmpeg, ingest
from tests.benchmarks.figures import Figure, cpu_seconds

TIMES = 6


def run() -> list[Figure]:
    """CPU seconds for a five-second 720p clip, children included; the median of several."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        clip = folder / "clip.mp4"
        source = "testsrc2=size=1280x720:rate=24:duration=5,noise=alls=12:allf=t"
        ffmpeg(
            [
                "-f",
                "lavfi",
                "-i",
                source,
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-crf",
                "20",
                "-pix_fmt",
                "yuv420p",
                clip,
            ]
        )
        library = Library(folder)
        library.prepare()
        pictures = (
            "[0:v]split=3[a][b][c];[a]select='eq(n,40)',scale=480:-2[poster];"
            "[b]select='not(mod(n,15))',scale=160:90,tile=8x1[strip];[c]scale=-2:480[proxy]"
        )

        def alone() -> None:
            ffmpeg([
                "-y", "-i", clip, "-filter_complex", pictures,
                "-map", "[poster]", "-frames:v", "1", "-q:v", "3", folder / "poster.jpg",
                "-map", "[strip]", "-frames:v", "1", "-q:v", "3", folder / "strip.jpg",
                "-map", "[proxy]", "-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-pix_fmt", "yuv420p",
                folder / "proxy.mp4",
            ])  # fmt: skip

        pairs = [(cpu_seconds(lambda: ingest(clip, "01A-001", library)), cpu_seconds(alone)) for _ in range(TIMES)]
    ours, floor = (sorted(column)[TIMES // 2] for column in zip(*pairs, strict=True))
    return [
        Figure(
            "ingest, 5 s of 720p",
            f"{ours:.3f} CPU s",
            f"ffmpeg's three pictures {floor:.3f} CPU s",
            ours / floor,
            "bar: ≤ 1.2×",
        )
    ]
