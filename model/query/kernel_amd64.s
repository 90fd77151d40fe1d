//go:build !purego

#include "textflag.h"

// Each function takes 64 values a step and clears in a word of the set the bits of
// those that are not in the run: v is if v-from, around, is at most span. Y0 holds
// from in each lane, Y1 span. Words that are empty are passed over unseen.

// IN makes each lane of x that is in the run all ones, the others zero.
#define IN(sub, min, eq, x) \
	sub Y0, x, x \
	min Y1, x, Y10 \
	eq  Y10, x, x

// func narrow8(col *uint8, set *uint64, words int, from, span uint8)
TEXT ·narrow8(SB), NOSPLIT, $0-26
	MOVQ col+0(FP), SI
	MOVQ set+8(FP), DI
	MOVQ words+16(FP), CX
	VPBROADCASTB from+24(FP), Y0
	VPBROADCASTB span+25(FP), Y1

loop:
	DECQ CX
	JLT  done
	CMPQ (DI), $0
	JEQ  next
	VMOVDQU (SI), Y2
	VMOVDQU 32(SI), Y3
	IN(VPSUBB, VPMINUB, VPCMPEQB, Y2)
	IN(VPSUBB, VPMINUB, VPCMPEQB, Y3)
	VPMOVMSKB Y2, AX
	VPMOVMSKB Y3, DX
	SHLQ $32, DX
	ORQ  DX, AX
	ANDQ AX, (DI)

next:
	ADDQ $64, SI
	ADDQ $8, DI
	JMP  loop

done:
	VZEROUPPER
	RET

// func narrow16(col *uint16, set *uint64, words int, from, span uint16)
TEXT ·narrow16(SB), NOSPLIT, $0-28
	MOVQ col+0(FP), SI
	MOVQ set+8(FP), DI
	MOVQ words+16(FP), CX
	VPBROADCASTW from+24(FP), Y0
	VPBROADCASTW span+26(FP), Y1

loop:
	DECQ CX
	JLT  done
	CMPQ (DI), $0
	JEQ  next
	VMOVDQU (SI), Y2
	VMOVDQU 32(SI), Y3
	VMOVDQU 64(SI), Y4
	VMOVDQU 96(SI), Y5
	IN(VPSUBW, VPMINUW, VPCMPEQW, Y2)
	IN(VPSUBW, VPMINUW, VPCMPEQW, Y3)
	IN(VPSUBW, VPMINUW, VPCMPEQW, Y4)
	IN(VPSUBW, VPMINUW, VPCMPEQW, Y5)
	VPACKSSWB Y3, Y2, Y2 // within halves: the values' order is 0 2 1 3, in eights
	VPACKSSWB Y5, Y4, Y4
	VPERMQ $0xd8, Y2, Y2
	VPERMQ $0xd8, Y4, Y4
	VPMOVMSKB Y2, AX
	VPMOVMSKB Y4, DX
	SHLQ $32, DX
	ORQ  DX, AX
	ANDQ AX, (DI)

next:
	ADDQ $128, SI
	ADDQ $8, DI
	JMP  loop

done:
	VZEROUPPER
	RET

// order32 puts in order what packing 32 lanes twice within halves has made: the
// values' order is 0 2 4 6 1 3 5 7, in fours.
DATA order32<>+0(SB)/8, $0x0000000400000000
DATA order32<>+8(SB)/8, $0x0000000500000001
DATA order32<>+16(SB)/8, $0x0000000600000002
DATA order32<>+24(SB)/8, $0x0000000700000003
GLOBL order32<>(SB), RODATA|NOPTR, $32

// HALF32 is 32 of the values, from off on, as bits.
#define HALF32(off, bits) \
	VMOVDQU off+0(SI), Y2 \
	VMOVDQU off+32(SI), Y3 \
	VMOVDQU off+64(SI), Y4 \
	VMOVDQU off+96(SI), Y5 \
	IN(VPSUBD, VPMINUD, VPCMPEQD, Y2) \
	IN(VPSUBD, VPMINUD, VPCMPEQD, Y3) \
	IN(VPSUBD, VPMINUD, VPCMPEQD, Y4) \
	IN(VPSUBD, VPMINUD, VPCMPEQD, Y5) \
	VPACKSSDW Y3, Y2, Y2 \
	VPACKSSDW Y5, Y4, Y4 \
	VPACKSSWB Y4, Y2, Y2 \
	VPERMD Y2, Y11, Y2 \
	VPMOVMSKB Y2, bits

// func narrow32(col *uint32, set *uint64, words int, from, span uint32)
TEXT ·narrow32(SB), NOSPLIT, $0-32
	MOVQ col+0(FP), SI
	MOVQ set+8(FP), DI
	MOVQ words+16(FP), CX
	MOVL from+24(FP), AX
	MOVL span+28(FP), DX
	VMOVD AX, X0
	VMOVD DX, X1
	VPBROADCASTD X0, Y0
	VPBROADCASTD X1, Y1
	VMOVDQU order32<>(SB), Y11

loop:
	DECQ CX
	JLT  done
	CMPQ (DI), $0
	JEQ  next
	HALF32(0, AX)
	HALF32(128, DX)
	SHLQ $32, DX
	ORQ  DX, AX
	ANDQ AX, (DI)

next:
	ADDQ $256, SI
	ADDQ $8, DI
	JMP  loop

done:
	VZEROUPPER
	RET

// FOUR64 puts the bits of four values that are not in the run into the top of AX.
// Lanes compare as signed only, and so both sides have their highest bit flipped,
// v-from by Y0.
#define FOUR64(off) \
	VMOVDQU off(SI), Y2 \
	VPSUBQ Y0, Y2, Y2 \
	VPCMPGTQ Y1, Y2, Y2 \
	VMOVMSKPD Y2, DX \
	SHRQ $4, AX \
	SHLQ $60, DX \
	ORQ DX, AX

// func narrow64(col *uint64, set *uint64, words int, from, span uint64)
TEXT ·narrow64(SB), NOSPLIT, $0-40
	MOVQ col+0(FP), SI
	MOVQ set+8(FP), DI
	MOVQ words+16(FP), CX
	VPBROADCASTQ from+24(FP), Y0
	VPBROADCASTQ span+32(FP), Y1
	VPCMPEQQ Y2, Y2, Y2
	VPSLLQ $63, Y2, Y2
	VPXOR Y2, Y0, Y0
	VPXOR Y2, Y1, Y1

loop:
	DECQ CX
	JLT  done
	CMPQ (DI), $0
	JEQ  next
	FOUR64(0)
	FOUR64(32)
	FOUR64(64)
	FOUR64(96)
	FOUR64(128)
	FOUR64(160)
	FOUR64(192)
	FOUR64(224)
	FOUR64(256)
	FOUR64(288)
	FOUR64(320)
	FOUR64(352)
	FOUR64(384)
	FOUR64(416)
	FOUR64(448)
	FOUR64(480)
	NOTQ AX
	ANDQ AX, (DI)

next:
	ADDQ $512, SI
	ADDQ $8, DI
	JMP  loop

done:
	VZEROUPPER
	RET
