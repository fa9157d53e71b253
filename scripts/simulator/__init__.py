"""A stand-in for CERN over real HTTP on loopback: OMS, its token endpoint, and the DQM GUI listing of one season."""
