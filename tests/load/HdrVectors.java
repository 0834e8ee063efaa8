/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Writes hdr_vectors.inc and hdr_reference.hlog: histograms as HdrHistogram
 * itself encodes them, for test_hdr_log.  They were made with Debian's
 * libhdrhistogram-java 2.1.11 and OpenJDK 17:
 *
 *	java -cp /usr/share/java/hdrhistogram.jar HdrVectors.java
 */
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.HistogramLogWriter;

public class HdrVectors {
	static final long HIGHEST = 3600000000000L;
	static final long LAST = (1L << 42) - 1;
	static final long START = 1700000000250L;

	static Histogram make(String tag) {
		Histogram histogram = new Histogram(1, HIGHEST, 3);
		histogram.setTag(tag);
		return histogram;
	}

	static Histogram ofValues(String tag, long... values) {
		Histogram histogram = make(tag);
		for (long value : values)
			histogram.recordValue(value);
		return histogram;
	}

	/* Numbers of every length in the encoding. */
	static Histogram ofGreatCounts() {
		Histogram histogram = make("counts");
		for (int bits = 0; bits < 62; bits++)
			histogram.recordValueWithCount(1000 + 2 * bits,
			    1L << bits);
		for (int bits = 6; bits < 62; bits += 7)
			histogram.recordValueWithCount(1001 + 2 * bits,
			    (1L << bits) - 1);
		return histogram;
	}

	/* Each width of buckets, up to an hour. */
	static Histogram ofAllWidths() {
		Histogram histogram = make("widths");
		for (long value = 1; value <= HIGHEST; value *= 2) {
			histogram.recordValue(value);
			histogram.recordValue(value + value / 3);
		}
		histogram.recordValue(HIGHEST);
		return histogram;
	}

	/* As latencies are: most about 50 us, few of milliseconds. */
	static Histogram ofLatencies() {
		Histogram histogram = make("response");
		Random random = new Random(1);
		for (int i = 0; i < 120; i++)
			histogram.recordValue((long)(50000 *
			    Math.exp(random.nextGaussian())));
		return histogram;
	}

	static Histogram ofNeighbours() {
		Histogram histogram = make("neighbours");
		for (int value = 0; value < 300; value += 1 + value % 4)
			histogram.recordValueWithCount(value, 1 + value % 130);
		return histogram;
	}

	static String base64(ByteBuffer buffer, int size) {
		return Base64.getEncoder().encodeToString(
		    Arrays.copyOf(buffer.array(), size));
	}

	/* A string of C, over several lines. */
	static String literal(String text) {
		StringBuilder lines = new StringBuilder();
		for (int i = 0; i < text.length(); i += 64)
			lines.append(i > 0 ? "\n\t    \"" : "\"").append(
			    text, i, Math.min(i + 64, text.length())).append('"');
		return lines.toString();
	}

	static void writeVector(PrintStream out, Histogram histogram) {
		ByteBuffer buffer = ByteBuffer.allocate(
		    histogram.getNeededByteBufferCapacity());
		out.printf("\t{\n\t    .name = \"%s\",\n", histogram.getTag());
		int size = histogram.encodeIntoByteBuffer(buffer);
		out.printf("\t    .plain =\n\t    %s,\n",
		    literal(base64(buffer, size)));
		buffer.clear();
		size = histogram.encodeIntoCompressedByteBuffer(buffer);
		out.printf("\t    .compressed =\n\t    %s,\n",
		    literal(base64(buffer, size)));
		out.printf("\t    .counts = {\n");
		for (HistogramIterationValue value : histogram.recordedValues())
			out.printf("\t\t{ %d, %d },\n",
			    histogram.lowestEquivalentValue(
			    value.getValueIteratedTo()),
			    value.getCountAtValueIteratedTo());
		out.printf("\t\t{ -1, 0 }\n\t    },\n\t},\n");
	}

	static void writeHeader(List<Histogram> histograms) throws Exception {
		PrintStream out = new PrintStream("hdr_vectors.inc");
		out.print("/*\n * SPDX-License-Identifier: MIT\n" +
		    " * Copyright (c) the echod authors\n *\n" +
		    " * Written by HdrVectors.java.\n */\n");
		for (Histogram histogram : histograms)
			writeVector(out, histogram);
		out.close();
	}

	static void writeLog(List<Histogram> histograms) throws Exception {
		HistogramLogWriter log =
		    new HistogramLogWriter("hdr_reference.hlog");
		log.outputComment("[Written by HdrVectors.java]");
		log.outputLogFormatVersion();
		log.outputStartTime(START);
		log.setBaseTime(START);
		log.outputBaseTime(START);
		log.outputLegend();
		long start = START;
		for (Histogram histogram : histograms) {
			histogram.setStartTimeStamp(start);
			histogram.setEndTimeStamp(start + 1500);
			log.outputIntervalHistogram(histogram);
			start += 1000;
		}
		histograms.get(0).setTag(null);
		log.outputIntervalHistogram(histograms.get(0));
		log.close();
	}

	public static void main(String[] arguments) throws Exception {
		List<Histogram> histograms = new ArrayList<>(Arrays.asList(
		    ofValues("empty"),
		    ofValues("one", 1),
		    ofValues("zero", 0, 0, 0),
		    ofValues("edges", 0, 1, 2047, 2048, 2049, 4095, 4096),
		    ofValues("highest", HIGHEST),
		    ofValues("between", 5, HIGHEST + (1L << 32)),
		    ofValues("beyond", 5, HIGHEST, LAST, LAST),
		    ofNeighbours(), ofAllWidths(), ofLatencies(),
		    ofGreatCounts()));
		writeHeader(histograms);
		writeLog(histograms);
	}
}
