// A2: what plays under a slot beside the song. A sound is as long as its slot, comes as bytes, and follows the song.

const CUTROOM_SOUND_OFF = 0.08; // seconds out of step, after which a sound is moved

class CutroomEffects {
  constructor(media, say) {
    Object.assign(this, { media, say });
    this.kept = new Map(); // what is heard → its <audio>, or null where it cannot be had
    this.on = null;
  }

  /** Have the sound of a slot at hand. */
  async ready(slot) {
    if (!slot?.heard || this.kept.has(slot.heard)) return;
    this.kept.set(slot.heard, null);
    const { url, why } = await this.media.sound(slot);
    if (!url) return this.say(`the sound under slot ${slot.n} is left out: ${why}`);
    const audio = new Audio(url);
    audio.preload = "auto";
    this.kept.set(slot.heard, audio);
  }

  /** So many seconds of a slot have played. */
  follow(slot, seconds) {
    const audio = (slot.heard && this.kept.get(slot.heard)) || null;
    if (this.on !== audio) this.hush();
    if (slot.heard && !this.kept.has(slot.heard)) this.ready(slot);
    if (!audio || audio.readyState < 1 || seconds >= audio.duration) return;
    this.on = audio;
    if (Math.abs(audio.currentTime - seconds) > CUTROOM_SOUND_OFF) audio.currentTime = seconds;
    if (audio.paused) audio.play().catch(() => {}); // paused at once: then it is not wanted
  }

  hush() {
    this.on?.pause();
    this.on = null;
  }

  close() {
    this.hush();
    for (const audio of this.kept.values()) audio?.removeAttribute("src");
    this.kept.clear();
  }
}
