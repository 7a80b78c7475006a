// Goertzel over the last half second of a stream: the amplitude (0..1) of a frequency.
export function listenTo(stream) {
  const context = new AudioContext();
  const sound = new Audio(); // Chromium decodes a remote stream only where an element plays it
  sound.srcObject = stream;
  sound.muted = true;
  sound.play();
  const analyser = context.createAnalyser();
  analyser.fftSize = 16384;
  context.createMediaStreamSource(stream).connect(analyser);
  context.resume();
  const samples = new Float32Array(analyser.fftSize);
  return {
    level(hertz) {
      analyser.getFloatTimeDomainData(samples);
      const twice = 2 * Math.cos((2 * Math.PI * hertz) / context.sampleRate);
      let before = 0;
      let last = 0;
      for (const sample of samples) [before, last] = [last, sample + twice * last - before];
      return (2 * Math.sqrt(before * before + last * last - twice * last * before)) / samples.length;
    },
    close() { context.close(); sound.srcObject = null; },
  };
}
